import {
  AutoScalingClient,
  AutoScalingServiceException,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  EC2Client,
  EC2ServiceException,
  type SummaryStatus,
} from "@aws-sdk/client-ec2";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Ec2Instances } from "../../../lib/agent/aws/ec2-instances";
import { AutoScalingHooks } from "../../../lib/agent/aws/lifecycle-hooks";
import { awsOptions } from "../../../lib/agent/aws/options";
import { SecretUnlockKeys } from "../../../lib/agent/aws/secret-unlock-keys";

const ec2 = mockClient(EC2Client);
const autoScaling = mockClient(AutoScalingClient);
const secrets = mockClient(SecretsManagerClient);

afterAll(() => ec2.restore());
afterAll(() => autoScaling.restore());
afterAll(() => secrets.restore());
beforeEach(() => {
  ec2.reset();
  autoScaling.reset();
  secrets.reset();
});

describe("EC2's word on instances", () => {
  const instances = new Ec2Instances(awsOptions("eu-west-1"));

  it("is the state, address, group and profile of each", async () => {
    // GIVEN
    ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          Instances: [
            {
              InstanceId: "i-1",
              State: { Name: "running" },
              PrivateIpAddress: "10.0.0.2",
              IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/path/apps-manager" },
              Tags: [
                { Key: "Name", Value: "x" },
                { Key: "aws:autoscaling:groupName", Value: "apps-manager-0" },
              ],
            },
          ],
        },
      ],
    });
    // WHEN / THEN
    expect(await instances.describe(["i-1"])).toEqual({
      found: [
        {
          instanceId: "i-1",
          state: "running",
          privateAddress: "10.0.0.2",
          autoScalingGroup: "apps-manager-0",
          instanceProfile: "apps-manager",
        },
      ],
      missing: [],
    });
  });

  it("names as missing only those that EC2 says not to know, and then asks about the others", async () => {
    // GIVEN
    ec2
      .on(DescribeInstancesCommand)
      .rejectsOnce(unknown("The instance IDs 'i-2, i-3' do not exist"))
      .resolves({ Reservations: [{ Instances: [{ InstanceId: "i-1" }] }] });
    // WHEN
    const answer = await instances.describe(["i-1", "i-2", "i-3", "i-4"]);
    // THEN
    expect(answer.missing).toEqual(["i-2", "i-3"]);
    expect(answer.found.map(({ instanceId }) => instanceId)).toEqual(["i-1"]);
    expect(ec2.commandCalls(DescribeInstancesCommand)[1]?.args[0].input.InstanceIds).toEqual(["i-1", "i-4"]);
  });

  it("is none when EC2 refuses for another reason", async () => {
    // GIVEN
    ec2.on(DescribeInstancesCommand).rejects(unknown("The instance ID 'i-9' does not exist"));
    // WHEN / THEN
    await expect(instances.describe(["i-1"])).rejects.toThrow("i-9");
  });

  it("on status checks is a failure as soon as one of the two fails, and unknown while one has no data", async () => {
    // GIVEN
    const status = (InstanceId: string, own: SummaryStatus, system: SummaryStatus) => ({
      InstanceId,
      InstanceStatus: { Status: own },
      SystemStatus: { Status: system },
    });
    ec2.on(DescribeInstanceStatusCommand).resolves({
      InstanceStatuses: [
        status("i-1", "ok", "ok"),
        status("i-2", "impaired", "ok"),
        status("i-3", "ok", "impaired"),
        status("i-4", "ok", "initializing"),
      ],
    });
    // WHEN
    const checks = await instances.statusChecks(["i-1", "i-2", "i-3", "i-4"]);
    // THEN
    expect(checks.map((each) => each.checks)).toEqual(["ok", "impaired", "impaired", "unknown"]);
  });

  it("is asked for by id, 200 at a time", async () => {
    // GIVEN
    ec2.on(DescribeInstancesCommand).resolves({});
    // WHEN
    await instances.describe(Array.from({ length: 250 }, (_, index) => `i-${index}`));
    // THEN
    const inputs = ec2.commandCalls(DescribeInstancesCommand).map(({ args }) => args[0].input);
    expect(inputs.map((input) => input.InstanceIds?.length)).toEqual([200, 50]);
  });

  it("is read to its last page", async () => {
    // GIVEN
    const page = (id: string) => ({ Reservations: [{ Instances: [{ InstanceId: id }] }] });
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ ...page("i-1"), NextToken: "more" })
      .resolvesOnce(page("i-2"));
    // WHEN / THEN
    expect((await instances.describe(["i-1", "i-2"])).found.map(({ instanceId }) => instanceId)).toEqual([
      "i-1",
      "i-2",
    ]);
  });
});

function unknown(message: string) {
  return new EC2ServiceException({ name: "InvalidInstanceID.NotFound", $fault: "client", $metadata: {}, message });
}

describe("a lifecycle hook", () => {
  const hooks = new AutoScalingHooks(awsOptions("eu-west-1"), "apps-worker-general", "i-1");
  const fault = (message: string) =>
    new AutoScalingServiceException({ name: "ValidationError", $fault: "client", $metadata: {}, message });

  it("is completed for this instance, to go on", async () => {
    // GIVEN
    autoScaling.on(CompleteLifecycleActionCommand).resolves({});
    // WHEN
    expect(await hooks.complete("launch")).toBe("done");
    // THEN
    expect(autoScaling.commandCalls(CompleteLifecycleActionCommand)[0]?.args[0].input).toEqual({
      LifecycleHookName: "launch",
      AutoScalingGroupName: "apps-worker-general",
      InstanceId: "i-1",
      LifecycleActionResult: "CONTINUE",
    });
  });

  it("without an active action is told apart from a failure", async () => {
    // GIVEN
    autoScaling
      .on(CompleteLifecycleActionCommand)
      .rejects(fault("No active Lifecycle Action found with instance ID i-1"));
    autoScaling.on(RecordLifecycleActionHeartbeatCommand).rejects(fault("No active Lifecycle Action found with token"));
    // WHEN / THEN
    expect(await hooks.complete("launch")).toBe("no active action");
    expect(await hooks.extend("launch")).toBe("no active action");
  });

  it("that may not be completed yet is a failure", async () => {
    // GIVEN
    autoScaling.on(CompleteLifecycleActionCommand).rejects(fault("not authorized to perform this"));
    // WHEN / THEN
    await expect(hooks.complete("launch")).rejects.toThrow("not authorized");
  });
});

describe("the secret of the unlock key", () => {
  const keys = new SecretUnlockKeys(awsOptions("eu-west-1"), "arn:secret");

  it.each([
    ["current", "AWSCURRENT"],
    ["previous", "AWSPREVIOUS"],
  ] as const)("has the %s key at the stage that Secrets Manager calls %s", async (which, stage) => {
    // GIVEN
    secrets
      .on(GetSecretValueCommand, { SecretId: "arn:secret", VersionStage: stage })
      .resolves({ SecretString: `SWMKEY-1-${which}` });
    // WHEN / THEN
    expect(await keys.read(which)).toBe(`SWMKEY-1-${which}`);
  });

  it("is made without a value", async () => {
    // GIVEN
    const empty = new ResourceNotFoundException({ $metadata: {}, message: "can't find the specified secret value" });
    secrets.on(GetSecretValueCommand).rejects(empty);
    // WHEN / THEN
    expect(await keys.read("current")).toBeUndefined();
  });

  it("is not taken for empty when it may not be read", async () => {
    // GIVEN
    secrets.on(GetSecretValueCommand).rejects(new Error("AccessDeniedException"));
    // WHEN / THEN
    await expect(keys.read("current")).rejects.toThrow("AccessDeniedException");
  });

  it("takes the key as it is", async () => {
    // GIVEN
    secrets.on(PutSecretValueCommand).resolves({});
    // WHEN
    await keys.write("SWMKEY-1-x");
    // THEN
    const [call] = secrets.commandCalls(PutSecretValueCommand);
    expect(call?.args[0].input).toEqual({ SecretId: "arn:secret", SecretString: "SWMKEY-1-x" });
  });
});
