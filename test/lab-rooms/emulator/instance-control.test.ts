import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccountInstance } from "../../../lib/lab/emulator/account-state";
import { NODE_IMAGE_ID } from "../../../lib/lab/emulator/moto";
import { sendSpotNotice, setStatusChecks } from "../../../lib/lab/front/aws-control";
import { Front } from "../../../lib/lab/front/front";
import { Account, START_TIMEOUT_MS, until } from "./account";

const UNKNOWN = ["i-0123456789abcdef0", "i-0123456789abcdef1"] as const;
let account: Account;
let front: Front;
let endpoint: string;

beforeAll(async () => {
  account = await Account.start();
  front = new Front({ upstreamPort: account.moto.port });
  endpoint = `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}`;
}, START_TIMEOUT_MS);
afterAll(async () => {
  await front.close();
  await account.moto.stop();
});

async function run(): Promise<string> {
  const { Instances } = await account.ec2.send(
    new RunInstancesCommand({ ImageId: NODE_IMAGE_ID, MinCount: 1, MaxCount: 1 }),
  );
  return Instances?.[0]?.InstanceId ?? "";
}

async function find(id: string): Promise<AccountInstance | undefined> {
  const { instances } = await account.state();
  return instances.find((instance) => instance.id === id);
}

/** Status of the instance and of the machine below it. */
async function checks(id: string): Promise<string> {
  const { InstanceStatuses } = await account.ec2.send(
    new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances: true }),
  );
  const [status] = InstanceStatuses ?? [];
  return `${status?.InstanceStatus?.Status} ${status?.SystemStatus?.Status}`;
}

function checked(id: string, wanted: string): Promise<boolean> {
  return until(`${id}: ${wanted}`, async () => (await checks(id)) === wanted || undefined);
}

test.concurrent("fails when status checks are fine before they ran, after a launch or a start", async () => {
  // GIVEN
  const id = await run();
  await checked(id, "initializing initializing");
  await checked(id, "ok ok");

  // WHEN
  await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await until(`${id} stopped`, async () => (await find(id))?.state === "stopped" || undefined);
  const stopped = await checks(id);
  await account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

  // THEN
  expect(stopped).toBe("not-applicable not-applicable");
  await checked(id, "initializing initializing");
});

test.concurrent("fails when status checks do not fail on demand, or never recover", async () => {
  // GIVEN
  const id = await run();
  await checked(id, "ok ok");

  // WHEN
  await setStatusChecks({ endpoint }, id, "impaired");
  const impaired = await checks(id);
  await setStatusChecks({ endpoint }, id, "ok");

  // THEN
  expect([impaired, await checks(id)]).toEqual(["impaired ok", "ok ok"]);
});

test.concurrent("fails when DescribeInstanceStatus tells of instances that do not run, unasked", async () => {
  // GIVEN
  const id = await run();
  await checked(id, "ok ok");
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

  // WHEN
  const { InstanceStatuses } = await account.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));

  // THEN
  expect(InstanceStatuses).toEqual([]);
});

test.concurrent("fails when a spot notice is not told, or not kept", async () => {
  // GIVEN
  const id = await run();

  // WHEN
  await sendSpotNotice({ endpoint }, id, 2);
  const announced = await find(id);

  // THEN
  expect(announced).toMatchObject({ state: expect.stringMatching(/pending|running/) });
  expect(announced?.spotAction).toMatchObject({ action: "terminate", time: expect.stringMatching(/^\d{4}-.*Z$/) });
  await until(`${id} terminated`, async () => (await find(id))?.state === "terminated" || undefined);
});

test.concurrent("fails when a spot notice is for another time than in two minutes", async () => {
  // GIVEN
  const id = await run();
  const before = Date.now();

  // WHEN
  await sendSpotNotice({ endpoint }, id);

  // THEN: it is told to the second
  const time = Date.parse((await find(id))?.spotAction?.time ?? "");
  expect(time).toBeGreaterThanOrEqual(before + 119_000);
  expect(time).toBeLessThanOrEqual(Date.now() + 120_000);
});

test.each([
  ["an instance that is not there", UNKNOWN[0], { statusChecks: "ok" }, /there is no instance/],
  ["other status checks than there are", undefined, { statusChecks: "sick" }, /ok or impaired/],
  ["what nobody knows", undefined, { reboot: true }, /reboot/],
])("fails when the lab takes %s", async (_, instanceId, body, message) => {
  // GIVEN
  const id = instanceId ?? (await run());

  // WHEN
  const response = await fetch(`${endpoint}/lab/instances/${id}`, { method: "POST", body: JSON.stringify(body) });

  // THEN
  expect(response.status).toBe(400);
  expect(((await response.json()) as { message: string }).message).toMatch(message);
});

test.each([
  [[UNKNOWN[0]], `The instance ID '${UNKNOWN[0]}' does not exist`],
  [UNKNOWN, `The instance IDs '${UNKNOWN[0]}, ${UNKNOWN[1]}' do not exist`],
] as const)("fails when the unknown ids %j are not named as AWS does", async (unknown, message) => {
  // GIVEN
  const InstanceIds = [await run(), ...unknown];

  // WHEN
  const instances = account.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  const statuses = account.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds }));

  // THEN
  const error = { name: "InvalidInstanceID.NotFound", message, $metadata: { httpStatusCode: 400 } };
  await Promise.all([expect(instances).rejects.toMatchObject(error), expect(statuses).rejects.toMatchObject(error)]);
});

test("fails when an id asked for twice is an id that does not exist", async () => {
  // GIVEN
  const id = await run();

  // WHEN
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id, id] }));

  // THEN
  expect(Reservations?.[0]?.Instances).toHaveLength(1);
});
