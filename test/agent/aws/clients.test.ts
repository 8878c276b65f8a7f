import {
  AutoScalingClient,
  AutoScalingServiceException,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Ec2Instances } from "../../../lib/agent/aws/ec2-instances";
import { AutoScalingHooks } from "../../../lib/agent/aws/lifecycle-hooks";
import { awsOptions } from "../../../lib/agent/aws/options";

const ec2 = mockClient(EC2Client);
const autoScaling = mockClient(AutoScalingClient);

beforeEach(() => {
  ec2.reset();
  autoScaling.reset();
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
    expect(await instances.describe(["i-1"])).toEqual([
      {
        instanceId: "i-1",
        state: "running",
        privateAddress: "10.0.0.2",
        autoScalingGroup: "apps-manager-0",
        instanceProfile: "apps-manager",
      },
    ]);
  });

  it("is asked for by filter, so that one unknown instance does not spoil the answer, 200 at a time", async () => {
    // GIVEN
    ec2.on(DescribeInstancesCommand).resolves({});
    // WHEN
    await instances.describe(Array.from({ length: 250 }, (_, index) => `i-${index}`));
    // THEN
    const filters = ec2.commandCalls(DescribeInstancesCommand).map(({ args }) => args[0].input);
    expect(filters.map((input) => input.Filters?.[0]?.Values?.length)).toEqual([200, 50]);
    expect(filters[0]?.InstanceIds).toBeUndefined();
  });

  it("is read to its last page", async () => {
    // GIVEN
    const page = (id: string) => ({ Reservations: [{ Instances: [{ InstanceId: id }] }] });
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ ...page("i-1"), NextToken: "more" })
      .resolvesOnce(page("i-2"));
    // WHEN / THEN
    expect((await instances.describe(["i-1", "i-2"])).map(({ instanceId }) => instanceId)).toEqual(["i-1", "i-2"]);
  });
});

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
