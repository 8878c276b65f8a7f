import {
  CreateNatGatewayCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccountInstance, InstanceState } from "../../../lib/lab/emulator/account-state";
import { Account, START_TIMEOUT_MS, until } from "./account";

let account: Account;

beforeAll(async () => {
  account = await Account.start();
}, START_TIMEOUT_MS);
afterAll(() => account.moto.stop());

async function run(subnetId: string, address?: string): Promise<string> {
  const { Instances } = await account.ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-0cd7f5aa3e0000001",
      InstanceType: "t3.small",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetId,
      ...(address === undefined ? {} : { PrivateIpAddress: address }),
    }),
  );
  return Instances?.[0]?.InstanceId ?? "";
}

async function find(id: string): Promise<AccountInstance | undefined> {
  const { instances } = await account.state();
  return instances.find((instance) => instance.id === id);
}

function inState(id: string, state: InstanceState): Promise<AccountInstance> {
  return until(`${id} ${state}`, async () => {
    const instance = await find(id);
    return instance?.state === state ? instance : undefined;
  });
}

test.concurrent("an instance passes through every state between launch and end", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/24");

  // WHEN
  const id = await run(subnet);
  const launched = (await find(id))?.state;
  await inState(id, "running");
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  const ending = (await find(id))?.state;

  // THEN
  expect([launched, ending]).toEqual(["pending", "shutting-down"]);
  await inState(id, "terminated");
});

test.concurrent("a stopped instance starts again with its address", async () => {
  // GIVEN
  const id = await run(await account.subnet(await account.vpc(), "10.20.0.0/24"));
  const { privateIp } = await inState(id, "running");

  // WHEN
  await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await inState(id, "stopped");
  await account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

  // THEN
  expect((await inState(id, "running")).privateIp).toBe(privateIp);
});

test.concurrent("fails when an instance that is on its way down can be started", async () => {
  // GIVEN
  const id = await run(await account.subnet(await account.vpc(), "10.20.0.0/24"));
  await inState(id, "running");
  await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));

  // WHEN
  const starting = account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

  // THEN
  await expect(starting).rejects.toMatchObject({ name: "IncorrectInstanceState" });
});

test.concurrent("a terminated instance leaves no interface and shows no address", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/24");
  const id = await run(subnet);
  await inState(id, "running");

  // WHEN
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await inState(id, "terminated");

  // THEN
  const { NetworkInterfaces } = await account.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [subnet] }] }),
  );
  expect(NetworkInterfaces).toEqual([]);
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  expect(Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress).toBeUndefined();
  await account.ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
});

test.concurrent("the address of a terminated instance can be asked for again", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/24");
  const id = await run(subnet, "10.20.0.50");
  await inState(id, "running");
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await inState(id, "terminated");

  // WHEN
  const successor = await run(subnet, "10.20.0.50");

  // THEN
  expect((await find(successor))?.privateIp).toBe("10.20.0.50");
});

test.concurrent("addresses that AWS keeps are never given, and a full subnet says so", async () => {
  // GIVEN: 16 addresses, 5 of them kept
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/28");

  // WHEN
  const ids = await Promise.all(Array.from({ length: 11 }, () => run(subnet)));

  // THEN
  const { instances } = await account.state();
  const addresses = instances.filter((one) => ids.includes(one.id)).map((one) => Number(one.privateIp?.split(".")[3]));
  expect(addresses.sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  await expect(run(subnet)).rejects.toMatchObject({ name: "InsufficientFreeAddressesInSubnet" });
});

test.concurrent("a released address is not the next one given", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/24");
  const first = await run(subnet);
  const { privateIp } = await inState(first, "running");
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
  await inState(first, "terminated");

  // WHEN
  const second = await run(subnet);

  // THEN
  expect((await find(second))?.privateIp).not.toBe(privateIp);
});

test.concurrent("a subnet and a security group in use cannot be deleted", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.0.0/24");
  const id = await run(subnet);
  const group = (await find(id))?.securityGroupIds[0];

  // WHEN
  const outcomes = await Promise.allSettled([
    account.ec2.send(new DeleteSubnetCommand({ SubnetId: subnet })),
    account.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group })),
  ]);

  // THEN
  const refused = { status: "rejected", reason: { name: "DependencyViolation" } };
  expect(outcomes).toMatchObject([refused, refused]);
});

test.concurrent("a NAT gateway's address is one of its subnet", async () => {
  // GIVEN
  const subnet = await account.subnet(await account.vpc(), "10.20.7.0/24");

  // WHEN
  const { NatGateway } = await account.ec2.send(
    new CreateNatGatewayCommand({ SubnetId: subnet, ConnectivityType: "private" }),
  );

  // THEN
  expect(NatGateway?.NatGatewayAddresses?.[0]?.PrivateIp).toMatch(/^10\.20\.7\./);
});

test("the version of the state grows when something changes and not otherwise", async () => {
  // GIVEN
  const before = await account.state();
  const same = await account.state();

  // WHEN
  await account.vpc();

  // THEN
  const after = await account.state();
  expect(same.version).toBe(before.version);
  expect(after.version).toBe(before.version + 1);
});
