import {
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingInstancesCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NODE_IMAGE_ID } from "../../../lib/lab/emulator/moto";
import { sendSpotNotice, setStatusChecks } from "../../../lib/lab/front/aws-control";
import { Account, delay, type LabInstance, START_TIMEOUT_MS, until } from "./account";

/** Longer than the emulator needs to notice what is wrong with an instance, and to replace it. */
const NOTICED_MS = 4_000;
let account: Account;

beforeAll(async () => {
  account = await Account.start();
}, START_TIMEOUT_MS);
afterAll(() => account.moto.stop());

/** Ways of losing an instance without the group's doing. */
const LOSSES: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  terminated: (id) => account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  stopped: (id) => account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] })),
  impaired: (id) => setStatusChecks({ endpoint: account.moto.url }, id, "impaired"),
  "taken back by spot": (id) => sendSpotNotice({ endpoint: account.moto.url }, id, 1),
};
const WAYS = Object.keys(LOSSES);

function lose(id: string, way: string): Promise<unknown> | undefined {
  return LOSSES[way]?.(id);
}

/** A group with one member in service: its name, and the member. */
async function groupOfOne(options: Partial<CreateAutoScalingGroupCommandInput> = {}): Promise<[string, LabInstance]> {
  const group = await account.group({ MinSize: 1, MaxSize: 1, ...options });
  const [member] = await account.settled(group, "InService");
  if (member === undefined) throw new Error(`${group} has no member`);
  return [group, member];
}

/** A manager slot is one. */
async function slot(): Promise<[string, LabInstance]> {
  const [group, member] = await groupOfOne();
  const processes = { AutoScalingGroupName: group, ScalingProcesses: ["ReplaceUnhealthy", "AZRebalance"] };
  await account.scaling.send(new SuspendProcessesCommand(processes));
  return [group, member];
}

async function told(instanceId: string): Promise<string | undefined> {
  const { AutoScalingInstances } = await account.scaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
  );
  const [member] = AutoScalingInstances ?? [];
  return member && `${member.LifecycleState} ${member.HealthStatus?.toUpperCase()}`;
}

function becomes(instanceId: string, wanted: string): Promise<boolean> {
  return until(`${instanceId}: ${wanted}`, async () => (await told(instanceId)) === wanted || undefined);
}

function successor(group: string, predecessor: string): Promise<LabInstance> {
  return until(`successor of ${predecessor}`, async () =>
    (await account.instancesOf(group)).find(
      ({ id, lifecycleState }) => id !== predecessor && lifecycleState === "InService",
    ),
  );
}

function terminateMember(InstanceId: string): Promise<unknown> {
  return account.scaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
  );
}

test.concurrent.each(WAYS)("fails when an instance that was %s is not replaced", async (way) => {
  // GIVEN
  const [group, member] = await groupOfOne();

  // WHEN
  await lose(member.id, way);

  // THEN
  expect((await successor(group, member.id)).state).toBe("running");
  await until(`the end of ${member.id}`, async () => (await told(member.id)) === undefined || undefined);
});

test.concurrent.each(WAYS)(
  "fails when an instance of a slot that was %s is replaced, or called healthy",
  async (way) => {
    // GIVEN
    const [group, member] = await slot();

    // WHEN
    await lose(member.id, way);
    await becomes(member.id, "InService UNHEALTHY");
    await delay(NOTICED_MS);

    // THEN
    expect((await account.instancesOf(group)).map(({ id }) => id)).toEqual([member.id]);
  },
);

test.concurrent.each(WAYS)(
  "fails when an instance of a slot that was %s cannot be replaced on request",
  async (way) => {
    // GIVEN
    const [group, member] = await slot();
    await lose(member.id, way);
    await becomes(member.id, "InService UNHEALTHY");

    // WHEN: asked twice, as after a lost answer, when it may have left the group already
    await terminateMember(member.id);
    await terminateMember(member.id).catch(({ name }) => expect(name).toBe("ValidationError"));

    // THEN
    const next = await successor(group, member.id);
    await account.settled(group, "InService");
    expect((await account.instancesOf(group)).filter(({ state }) => state !== "terminated")).toMatchObject([
      { id: next.id, availabilityZone: expect.any(String) },
    ]);
  },
);

test.concurrent("fails when a stopped instance of a slot does not come back as it was", async () => {
  // GIVEN
  const [group, member] = await slot();
  await lose(member.id, "stopped");
  await becomes(member.id, "InService UNHEALTHY");

  // WHEN
  await account.ec2.send(new StartInstancesCommand({ InstanceIds: [member.id] }));

  // THEN: Auto Scaling never takes back that an instance is unhealthy
  const running = await until("a start", async () =>
    (await account.instancesOf(group)).find(({ state }) => state === "running"),
  );
  expect([running.id, running.privateIp]).toEqual([member.id, member.privateIp]);
  await delay(NOTICED_MS);
  expect(await told(member.id)).toBe("InService UNHEALTHY");
});

test.concurrent("fails when unhealthy instances are not replaced once that is resumed", async () => {
  // GIVEN
  const [group, member] = await slot();
  await lose(member.id, "terminated");
  await becomes(member.id, "InService UNHEALTHY");

  // WHEN
  await account.scaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: ["ReplaceUnhealthy"] }),
  );

  // THEN
  await successor(group, member.id);
});

test.concurrent("fails when the status checks of a young instance count", async () => {
  // GIVEN
  const [, member] = await groupOfOne({ HealthCheckGracePeriod: 300 });

  // WHEN
  await lose(member.id, "impaired");
  await delay(NOTICED_MS);

  // THEN
  expect(await told(member.id)).toBe("InService HEALTHY");
});

test.concurrent("fails when an instance is unhealthy whose status checks recovered in time", async () => {
  // GIVEN
  const [, member] = await groupOfOne({ HealthCheckGracePeriod: 4 });
  await lose(member.id, "impaired");

  // WHEN
  await setStatusChecks({ endpoint: account.moto.url }, member.id, "ok");
  await delay(NOTICED_MS + 2_000);

  // THEN
  expect(await told(member.id)).toBe("InService HEALTHY");
});

test.concurrent("fails when terminating an instance of no group is not refused in AWS's words", async () => {
  // GIVEN
  const { Instances } = await account.ec2.send(
    new RunInstancesCommand({ ImageId: NODE_IMAGE_ID, MinCount: 1, MaxCount: 1 }),
  );
  const loner = Instances?.[0]?.InstanceId ?? "";
  const unknown = "i-0123456789abcdef0";

  for (const id of [loner, unknown]) {
    // WHEN
    const terminating = terminateMember(id);

    // THEN
    await expect(terminating).rejects.toMatchObject({
      name: "ValidationError",
      message: `Instance Id not found - No managed instance found for instance ID: ${id}`,
    });
  }
});
