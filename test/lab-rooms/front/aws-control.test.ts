import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { instanceCredentials } from "../../../lib/lab/emulator/credentials";
import { type Moto, NODE_IMAGE_ID, startMoto } from "../../../lib/lab/emulator/moto";
import {
  type ApiFault,
  clearApiFaults,
  FAULT_MODES,
  FAULT_SERVICES,
  listApiFaults,
  setApiFault,
} from "../../../lib/lab/front/aws-control";
import { Front } from "../../../lib/lab/front/front";
import { START_TIMEOUT_MS } from "../emulator/account";

const OPERATOR = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
let moto: Moto;
let front: Front;
let endpoint: string;
/** Two instances; the first one asks. */
let nodes: readonly string[];

beforeAll(async () => {
  moto = await startMoto();
  front = new Front({ upstreamPort: moto.port });
  endpoint = `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}`;
  const { Instances } = await new EC2Client(options(OPERATOR)).send(
    new RunInstancesCommand({ ImageId: NODE_IMAGE_ID, MinCount: 2, MaxCount: 2 }),
  );
  nodes = (Instances ?? []).map(({ InstanceId }) => InstanceId ?? "");
}, START_TIMEOUT_MS);

afterEach(() => clearApiFaults({ endpoint }));

afterAll(async () => {
  await front.close();
  await moto.stop();
});

function options(credentials: typeof OPERATOR) {
  return { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
}

function asker(index = 0) {
  return options(instanceCredentials(nodes[index] ?? ""));
}

async function described(client = new EC2Client(asker())): Promise<string[]> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({}));
  return (Reservations ?? []).flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId ?? ""));
}

const set = (fault: ApiFault) => setApiFault({ endpoint }, fault);

test.each([
  ["error", "EC2", "InternalError", 500, () => new EC2Client(asker()).send(new DescribeInstancesCommand({}))],
  ["throttle", "EC2", "RequestLimitExceeded", 503, () => new EC2Client(asker()).send(new DescribeInstancesCommand({}))],
  ["error", "Auto Scaling", "InternalFailure", 500, () => describeGroups()],
  ["throttle", "Auto Scaling", "Throttling", 400, () => describeGroups()],
  ["error", "DynamoDB", "InternalServerError", 500, () => new DynamoDBClient(asker()).send(new ListTablesCommand({}))],
  [
    "throttle",
    "DynamoDB",
    "ThrottlingException",
    400,
    () => new DynamoDBClient(asker()).send(new ListTablesCommand({})),
  ],
] as const)("fails when the fault %s is not what the SDK reads as one of %s", async (mode, _, name, status, ask) => {
  // GIVEN
  await set({ service: "*", mode });

  // WHEN
  const asking = ask();

  // THEN
  await expect(asking).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

function describeGroups(): Promise<unknown> {
  return new AutoScalingClient(asker()).send(new DescribeAutoScalingGroupsCommand({}));
}

test("fails when the SDK does not ask again after an error", async () => {
  // GIVEN
  await set({ service: "ec2", mode: "error" });
  const before = front.requestsPerMinute(asker().credentials.accessKeyId);

  // WHEN
  const asking = described(new EC2Client({ ...asker(), maxAttempts: 2 }));

  // THEN
  await expect(asking).rejects.toMatchObject({ name: "InternalError" });
  expect(front.requestsPerMinute(asker().credentials.accessKeyId) - before).toBe(2);
});

test.each([
  ["empty", []],
  ["partial", [0]],
] as const)("fails when an answer that is %s tells of other instances, or of none", async (mode, visible) => {
  // GIVEN
  await set({ service: "ec2", mode });
  const client = new EC2Client(asker());

  // WHEN
  const byFilter = await described(client);
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [...nodes] }));
  const { InstanceStatuses } = await client.send(
    new DescribeInstanceStatusCommand({ InstanceIds: [...nodes], IncludeAllInstances: true }),
  );

  // THEN
  const expected = visible.map((index) => nodes[index]);
  expect(byFilter).toEqual(expected);
  expect(Reservations?.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId))).toEqual(
    expected,
  );
  expect(InstanceStatuses?.map(({ InstanceId }) => InstanceId)).toEqual(expected);
});

test("fails when a host can have answers cut by a header of its own", async () => {
  // WHEN
  const client = new EC2Client(asker());
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-lab-visible-instances"] = "none";
      return next(args);
    },
    { step: "build" },
  );

  // THEN
  expect(await described(client)).toEqual(nodes);
});

test("fails when the API is down and still answers or acts", async () => {
  // GIVEN
  await set({ service: "dynamodb", mode: "down" });

  // WHEN
  const creating = new DynamoDBClient(asker()).send(new CreateTableCommand(table("lost")));

  // THEN
  await expect(creating).rejects.toThrow(/ECONNRESET|socket hang up/);
  expect(await tables()).not.toContain("lost");
});

test("fails when an unanswered request is not done, or is answered", async () => {
  // GIVEN
  await set({ service: "dynamodb", mode: "unanswered" });

  // WHEN
  const creating = new DynamoDBClient(asker()).send(new CreateTableCommand(table("done")));

  // THEN
  await expect(creating).rejects.toThrow(/ECONNRESET|socket hang up/);
  expect(await tables()).toContain("done");
});

function table(TableName: string): CreateTableCommandInput {
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  };
}

async function tables(): Promise<readonly string[] | undefined> {
  return (await new DynamoDBClient(options(OPERATOR)).send(new ListTablesCommand({}))).TableNames;
}

test("fails when a slow request is not answered, or holds up those of others", async () => {
  // GIVEN
  await set({ service: "dynamodb", mode: "slow", milliseconds: 300, caller: asker().credentials.accessKeyId });
  const order: string[] = [];
  const ask = async (name: string, index: number) => {
    await new DynamoDBClient(asker(index)).send(new ListTablesCommand({}));
    order.push(name);
  };

  // WHEN
  await Promise.all([ask("slow", 0), ask("other", 1)]);

  // THEN
  expect(order).toEqual(["other", "slow"]);
});

test("fails when a fault hits another action, service or caller than its own", async () => {
  // GIVEN
  await set({ service: "ec2", action: "DescribeInstances", mode: "error", caller: asker(0).credentials.accessKeyId });

  // WHEN
  const others = await Promise.all([
    new EC2Client(asker(0)).send(new DescribeVpcsCommand({})),
    new DynamoDBClient(asker(0)).send(new ListTablesCommand({})),
    new EC2Client(asker(1)).send(new DescribeInstancesCommand({})),
  ]);

  // THEN
  expect(others.map(({ $metadata }) => $metadata.httpStatusCode)).toEqual([200, 200, 200]);
  await expect(described()).rejects.toMatchObject({ name: "InternalError" });
});

test("fails when a fault for everyone spares the operator, or one for hosts does not", async () => {
  // GIVEN
  const operator = new EC2Client(options(OPERATOR));
  await set({ service: "ec2", mode: "error" });
  const spared = await described(operator);

  // WHEN
  await set({ service: "ec2", mode: "error", everyone: true });

  // THEN
  expect(spared).toEqual(nodes);
  await expect(described(operator)).rejects.toMatchObject({ name: "InternalError" });
});

test("fails when faults cannot be listed and cleared", async () => {
  // GIVEN
  const fault: ApiFault = { service: "ec2", mode: "slow", milliseconds: 1, share: 0.5 };
  await set(fault);
  const listed = await listApiFaults({ endpoint });

  // WHEN
  await clearApiFaults({ endpoint });

  // THEN
  expect(listed).toEqual([fault]);
  expect(await listApiFaults({ endpoint })).toEqual([]);
});

test("fails when a service or a mode that there is is not taken", async () => {
  // WHEN
  for (const service of FAULT_SERVICES) for (const mode of FAULT_MODES) await set({ service, mode });

  // THEN
  expect(await listApiFaults({ endpoint })).toHaveLength(FAULT_SERVICES.length * FAULT_MODES.length);
});

test.each([
  ["an unknown service", { service: "s4", mode: "error" }, /service/],
  ["an unknown mode", { service: "ec2", mode: "sulk" }, /mode/],
  ["an unknown field", { service: "ec2", mode: "error", who: "me" }, /who/],
  ["a share above 1", { service: "ec2", mode: "error", share: 50 }, /share/],
])("fails when a fault with %s is taken", async (_, fault, message) => {
  // WHEN
  const setting = set(fault as unknown as ApiFault);

  // THEN
  await expect(setting).rejects.toMatchObject({ code: "EmulatorRefused", message: expect.stringMatching(message) });
});
