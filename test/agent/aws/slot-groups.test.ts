import {
  AutoScalingClient,
  AutoScalingServiceException,
  DescribeAutoScalingGroupsCommand,
  type LifecycleState,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { awsOptions } from "../../../lib/agent/aws/options";
import { AutoScalingSlotGroups } from "../../../lib/agent/aws/slot-groups";

const autoScaling = mockClient(AutoScalingClient);
const groups = new AutoScalingSlotGroups(awsOptions("eu-west-1"));

afterAll(() => autoScaling.restore());
beforeEach(() => {
  autoScaling.reset();
});

describe("the group of a slot", () => {
  const member = (InstanceId: string, LifecycleState: LifecycleState) => ({
    InstanceId,
    LifecycleState,
    AvailabilityZone: "eu-west-1a",
    HealthStatus: "Unhealthy",
    ProtectedFromScaleIn: false,
  });
  const answers = (AutoScalingGroupName: string, ...Instances: ReturnType<typeof member>[]) => ({
    AutoScalingGroupName,
    Instances,
    MinSize: 1,
    MaxSize: 1,
    DesiredCapacity: 1,
    DefaultCooldown: 300,
    AvailabilityZones: [],
    HealthCheckType: "EC2",
    CreatedTime: new Date(0),
  });

  it("is asked for by its name, and has its instances, dead or alive, but those it is ending", async () => {
    // GIVEN
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({
      AutoScalingGroups: [
        answers("apps-manager-0", member("i-1", "InService"), member("i-2", "Pending:Wait")),
        answers("apps-manager-1", member("i-3", "Terminating"), member("i-4", "Detached")),
      ],
    });
    // WHEN
    const found = await groups.instances(["apps-manager-0", "apps-manager-1", "apps-manager-2"]);
    // THEN
    expect(found).toEqual([
      { group: "apps-manager-0", instanceIds: ["i-1", "i-2"] },
      { group: "apps-manager-1", instanceIds: [] },
    ]);
    expect(autoScaling.commandCalls(DescribeAutoScalingGroupsCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupNames: ["apps-manager-0", "apps-manager-1", "apps-manager-2"],
    });
  });

  it("is not taken for empty when Auto Scaling fails", async () => {
    // GIVEN
    autoScaling.on(DescribeAutoScalingGroupsCommand).rejects(new Error("Throttling: Rate exceeded"));
    // WHEN / THEN
    await expect(groups.instances(["apps-manager-0"])).rejects.toThrow("Rate exceeded");
  });
});

describe("an instance of a slot", () => {
  const fault = (message: string) =>
    new AutoScalingServiceException({ name: "ValidationError", $fault: "client", $metadata: {}, message });

  it("is terminated without a smaller group, so that another one is launched", async () => {
    // GIVEN
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
    // WHEN
    expect(await groups.replace("i-1")).toBe("done");
    // THEN
    expect(autoScaling.commandCalls(TerminateInstanceInAutoScalingGroupCommand)[0]?.args[0].input).toEqual({
      InstanceId: "i-1",
      ShouldDecrementDesiredCapacity: false,
    });
  });

  it("that is in no group any more is told apart from a failure", async () => {
    // GIVEN
    const message = "Instance Id not found - No managed instance found for instance ID: i-1";
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejectsOnce(fault(message));
    // WHEN / THEN
    expect(await groups.replace("i-1")).toBe("not in a group");
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(fault("ScalingActivityInProgress"));
    await expect(groups.replace("i-1")).rejects.toThrow("ScalingActivityInProgress");
  });
});
