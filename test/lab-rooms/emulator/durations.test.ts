import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MotoOptions } from "../../../lib/lab/emulator/moto";
import type { AccountPolicies } from "../../../lib/lab/front/policies/account-policies";
import { Account, delay, START_TIMEOUT_MS, until } from "./account";

/** Longer than any test. */
const NEVER = [600, 600] as const;
/** An emulator of these timings, for the tests of a group. */
function emulated(options: MotoOptions): () => Account {
  let account: Account | undefined;
  beforeAll(async () => {
    account = await Account.start(options);
  }, START_TIMEOUT_MS);
  afterAll(() => account?.moto.stop());
  return () => {
    if (account === undefined) throw new Error("the emulator has not started");
    return account;
  };
}

/** Long enough for everything that comes at once with the quick timings. */
const A_WHILE_MS = 1_500;

function draws(profile: string, seed: number, ...names: readonly string[]): number[] {
  const program =
    "import json, sys, timings; timings.use(sys.argv[1], int(sys.argv[2])); " +
    "print(json.dumps([timings.draw(name) for name in sys.argv[3:]]))";
  const cwd = join(__dirname, "../../../lib/lab/emulator/aws");
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return JSON.parse(execFileSync("python3", ["-c", program, profile, String(seed), ...names], { cwd, env }).toString());
}

describe("what is drawn", () => {
  test("fails when a seed does not give the same times again", () => {
    const names = ["pending", "pending", "shuttingDown"];

    expect(draws("region", 7, ...names)).toEqual(draws("region", 7, ...names));
    expect(draws("region", 7, ...names)).not.toEqual(draws("region", 8, ...names));
  });

  test("fails when how often something is asked for moves the times of something else", () => {
    const [, alone] = draws("region", 7, "pending", "pending");
    const [, , , among] = draws("region", 7, "pending", "staleAnswer", "staleAnswer", "pending");

    expect(among).toBe(alone);
  });

  test.each([
    ["pending", 5, 40],
    ["shuttingDown", 30, 120],
    ["healthCheck", 30, 120],
    ["capacity", 30, 120],
    ["staleAnswer", 0, 30],
    ["newRole", 0, 15],
  ])("fails when %s in a region is not between %i and %i s", (name, least, most) => {
    const drawn = draws("region", 1, ...Array.from({ length: 200 }, () => name));

    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(most);
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });
});

describe("where instances take long to end, Auto Scaling to notice, and roles to be known", () => {
  const emulator = emulated({ spans: { shuttingDown: NEVER, healthCheck: NEVER, newRole: NEVER } });

  test("fails when an instance is gone before its time, or Auto Scaling replaces it before it can know", async () => {
    // GIVEN
    const account = emulator();
    const group = await account.group();
    const [member] = await account.settled(group, "InService");

    // WHEN
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [member?.id ?? ""] }));
    await delay(A_WHILE_MS);

    // THEN
    expect(await account.instancesOf(group)).toMatchObject([
      { id: member?.id, state: "shutting-down", lifecycleState: "InService" },
    ]);
  });

  test("fails when a group can launch with it, or the front cannot tell until when it is refused", async () => {
    // GIVEN
    const account = emulator();
    const name = await account.profile();
    const templateId = await account.launchTemplate({ IamInstanceProfile: { Name: name } });

    // WHEN
    const created = account.group({ LaunchTemplate: { LaunchTemplateId: templateId, Version: "1" } });

    // THEN
    await expect(created).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("Invalid IAM Instance Profile name"),
    });
    const policies = (await (await fetch(`${account.moto.url}/lab/policies`)).json()) as AccountPolicies;
    const [role] = policies.roles.filter((each) => each.name === name);
    expect(Date.parse(role?.refusedUntil ?? "")).toBeGreaterThan(Date.now() + 500_000);
  });
});

describe("where Auto Scaling takes long to follow a capacity", () => {
  const emulator = emulated({ spans: { capacity: [2, 2] } });

  test("fails when it launches at once, or not at all", async () => {
    // GIVEN
    const account = emulator();
    const group = await account.group({ DesiredCapacity: 0 });

    // WHEN
    await account.scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 1 }));
    const atOnce = await account.instancesOf(group);

    // THEN
    expect(atOnce).toEqual([]);
    await account.settled(group, "InService");
  });
});

describe("where answers are late", () => {
  const late = emulated({ spans: { staleAnswer: NEVER } });
  const drawn = emulated({ timings: { profile: "quick", seed: 3 }, spans: { staleAnswer: [0, 3] } });
  const asker = (account: Account, accessKeyId: string) =>
    new EC2Client({
      endpoint: account.moto.url,
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey: "secret" },
      maxAttempts: 1,
    });
  const stateOf = async (client: EC2Client, id: string) => {
    const { Reservations } = await client.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [id] }] }),
    );
    return Reservations?.[0]?.Instances?.[0]?.State?.Name ?? "unknown";
  };

  test("fails when EC2 tells of an instance that its answer is too old for", async () => {
    // GIVEN
    const account = late();
    const group = await account.group();
    const [member] = await account.settled(group, "InService");
    const id = member?.id ?? "";

    // WHEN
    const asked = account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));

    // THEN
    await expect(asked).rejects.toMatchObject({ name: "InvalidInstanceID.NotFound" });
    expect(await account.ec2.send(new DescribeInstancesCommand({}))).toMatchObject({ Reservations: [] });
    expect(await account.instancesOf(group)).toMatchObject([{ id, state: "running" }]);
  });

  test("fails when somebody is told of an earlier moment than before", async () => {
    // GIVEN
    const account = drawn();
    const group = await account.group();
    const [member] = await account.settled(group, "InService");
    const id = member?.id ?? "";
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    const clients = ["AKIAONE", "AKIATWO"].map((key) => asker(account, key));

    // WHEN
    const told: string[][] = [[], []];
    await until("the end is told to both", async () => {
      for (const [index, client] of clients.entries()) told[index]?.push(await stateOf(client, id));
      return told.every((states) => states.at(-1) === "terminated") || undefined;
    });
    for (const [index, client] of clients.entries())
      for (let again = 0; again < 20; again++) told[index]?.push(await stateOf(client, id));

    // THEN
    const order = ["unknown", "pending", "running", "shutting-down", "terminated"];
    for (const states of told) {
      const places = states.map((state) => order.indexOf(state));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });
});
