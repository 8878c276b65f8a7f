import {
  CompleteLifecycleActionCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account, delay, START_TIMEOUT_MS, until } from "./account";

const LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING";
const TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING";
let account: Account;

beforeAll(async () => {
  account = await Account.start();
}, START_TIMEOUT_MS);
afterAll(() => account.moto.stop());

function launchHook(heartbeat = 900, result = "ABANDON"): object {
  return {
    LifecycleHookSpecificationList: [
      {
        LifecycleHookName: "launch",
        LifecycleTransition: LAUNCHING,
        HeartbeatTimeout: heartbeat,
        DefaultResult: result,
      },
    ],
  };
}

async function complete(group: string, hook: string, instanceId: string, result: string): Promise<void> {
  await account.scaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: hook,
      InstanceId: instanceId,
      LifecycleActionResult: result,
    }),
  );
}

async function putTerminateHook(group: string, heartbeat = 300): Promise<void> {
  await account.scaling.send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: "terminate",
      LifecycleTransition: TERMINATING,
      HeartbeatTimeout: heartbeat,
      DefaultResult: "CONTINUE",
    }),
  );
}

async function setDesired(group: string, desired: number): Promise<void> {
  await account.scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: desired }));
}

test.concurrent("an instance with a launch hook is not in service before its action is completed", async () => {
  // GIVEN
  const group = await account.group(launchHook());
  const [waiting] = await account.settled(group, "Pending:Wait");

  // WHEN
  await complete(group, "launch", waiting?.id ?? "", "CONTINUE");

  // THEN
  const [inService] = await account.settled(group, "InService");
  expect(inService?.id).toBe(waiting?.id);
});

test.concurrent("an abandoned launch ends the instance and a new one takes its place", async () => {
  // GIVEN
  const group = await account.group(launchHook());
  const [first] = await account.settled(group, "Pending:Wait");

  // WHEN
  await complete(group, "launch", first?.id ?? "", "ABANDON");

  // THEN
  const [second] = await account.settled(group, "Pending:Wait");
  expect(second?.id).not.toBe(first?.id);
});

test.concurrent("a launch action that nobody completes ends with the hook's default result", async () => {
  // GIVEN / WHEN
  const group = await account.group(launchHook(1, "CONTINUE"));

  // THEN
  await account.settled(group, "Pending:Wait");
  await account.settled(group, "InService");
});

test.concurrent("fails when a launch that nobody completes is not abandoned where that is the default", async () => {
  // GIVEN / WHEN
  const group = await account.group(launchHook(1, "ABANDON"));
  const [first] = await account.settled(group, "Pending:Wait");

  // THEN
  await until("the next launch", async () =>
    (await account.instancesOf(group)).find(({ id, lifecycleState }) => id !== first?.id && lifecycleState !== null),
  );
  await until("the end of the first", async () =>
    (await account.instancesOf(group)).find(({ id, state }) => id === first?.id && state === "terminated"),
  );
});

test.concurrent("a heartbeat extends a launch action beyond its time-out", async () => {
  // GIVEN
  const group = await account.group(launchHook(2));
  const [waiting] = await account.settled(group, "Pending:Wait");
  await delay(1_300);

  // WHEN
  await account.scaling.send(
    new RecordLifecycleActionHeartbeatCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: "launch",
      InstanceId: waiting?.id ?? "",
    }),
  );
  await delay(1_300);

  // THEN
  const [still] = await account.settled(group, "Pending:Wait");
  expect(still?.id).toBe(waiting?.id);
});

test.concurrent("an action can be completed once only", async () => {
  // GIVEN
  const group = await account.group(launchHook());
  const [waiting] = await account.settled(group, "Pending:Wait");
  await complete(group, "launch", waiting?.id ?? "", "CONTINUE");

  // WHEN
  const again = complete(group, "launch", waiting?.id ?? "", "CONTINUE");

  // THEN
  await expect(again).rejects.toThrow("No active Lifecycle Action found with instance ID");
});

test.concurrent("an instance with a terminate hook runs until its action is completed", async () => {
  // GIVEN
  const group = await account.group();
  await putTerminateHook(group);
  const [member] = await account.settled(group, "InService");

  // WHEN
  await setDesired(group, 0);

  // THEN
  const [leaving] = await account.settled(group, "Terminating:Wait");
  expect(leaving?.state).toBe("running");
  await complete(group, "terminate", member?.id ?? "", "CONTINUE");
  await account.settled(group);
});

test.concurrent("an instance whose terminate action times out ends all the same", async () => {
  // GIVEN
  const group = await account.group();
  await putTerminateHook(group, 1);
  await account.settled(group, "InService");

  // WHEN
  await setDesired(group, 0);

  // THEN
  await account.settled(group, "Terminating:Wait");
  await account.settled(group);
});

test.concurrent("deleting a terminate hook lets go whoever waits at it", async () => {
  // GIVEN
  const group = await account.group();
  await putTerminateHook(group);
  await account.settled(group, "InService");
  await setDesired(group, 0);
  await account.settled(group, "Terminating:Wait");

  // WHEN
  await account.scaling.send(
    new DeleteLifecycleHookCommand({ AutoScalingGroupName: group, LifecycleHookName: "terminate" }),
  );

  // THEN
  await account.settled(group);
});

test.concurrent("hooks are described as they were put, with nothing invented", async () => {
  // GIVEN
  const group = await account.group(launchHook(600));

  // WHEN
  const { LifecycleHooks } = await account.scaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }),
  );

  // THEN
  expect(LifecycleHooks).toEqual([
    {
      LifecycleHookName: "launch",
      AutoScalingGroupName: group,
      LifecycleTransition: LAUNCHING,
      HeartbeatTimeout: 600,
      GlobalTimeout: 60_000,
      DefaultResult: "ABANDON",
    },
  ]);
});
