import {
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateVersionCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account, delay, START_TIMEOUT_MS, until } from "./account";

/** Longer than the emulator needs to notice an instance that is gone. */
const NOTICED_MS = 2_500;
let account: Account;

beforeAll(async () => {
  account = await Account.start();
}, START_TIMEOUT_MS);
afterAll(() => account.moto.stop());

async function setDesired(group: string, desired: number): Promise<void> {
  await account.scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: desired }));
}

async function terminateMember(instanceId: string, decrement: boolean): Promise<void> {
  await account.scaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: decrement,
    }),
  );
}

function inService(count: number): string[] {
  return Array.from({ length: count }, () => "InService");
}

test.concurrent("instances spread over the group's zones", async () => {
  // GIVEN / WHEN
  const group = await account.group({ DesiredCapacity: 5 });

  // THEN
  const members = await account.settled(group, ...inService(5));
  const zones = members.map((member) => member.availabilityZone.slice(-1)).sort();
  expect(zones).toEqual(["a", "a", "b", "b", "c"]);
});

test.concurrent("zones fill evenly even where one has more subnets than another", async () => {
  // GIVEN
  const vpcId = await account.vpc();
  const subnets = [
    await account.subnet(vpcId, "10.20.0.0/24", "a"),
    await account.subnet(vpcId, "10.20.1.0/24", "a"),
    await account.subnet(vpcId, "10.20.2.0/24", "b"),
  ];

  // WHEN
  const group = await account.group({ DesiredCapacity: 2, VPCZoneIdentifier: subnets.join(",") });

  // THEN
  const members = await account.settled(group, ...inService(2));
  expect(members.map((member) => member.availabilityZone.slice(-1)).sort()).toEqual(["a", "b"]);
});

test.concurrent("an instance is pending before it is in service", async () => {
  // GIVEN / WHEN
  const group = await account.group();

  // THEN
  const [launched] = await account.instancesOf(group);
  expect([launched?.state, launched?.lifecycleState]).toEqual(["pending", "Pending"]);
  const [running] = await account.settled(group, "InService");
  expect(running?.state).toBe("running");
});

test.concurrent("an instance carries the template's settings, the group's tags and the group's name", async () => {
  // GIVEN
  const userData = Buffer.from("#cloud-config\n").toString("base64");
  const templateId = await account.launchTemplate({ UserData: userData, InstanceType: "m6i.large" });

  // WHEN
  const group = await account.group({
    LaunchTemplate: { LaunchTemplateId: templateId, Version: "1" },
    Tags: [
      { Key: "slot", Value: "0", PropagateAtLaunch: true },
      { Key: "own", Value: "yes", PropagateAtLaunch: false },
    ],
  });

  // THEN
  const [member] = await account.settled(group, "InService");
  expect(member).toMatchObject({ userData, instanceType: "m6i.large", launchTemplateVersion: "1" });
  expect(member?.tags).toMatchObject({ slot: "0", "aws:autoscaling:groupName": group });
  expect(member?.tags).not.toHaveProperty("own");
});

test.concurrent("a new template version changes nothing that runs", async () => {
  // GIVEN
  const templateId = await account.launchTemplate();
  const group = await account.group({ LaunchTemplate: { LaunchTemplateId: templateId, Version: "1" } });
  const [first] = await account.settled(group, "InService");
  const userData = Buffer.from("second").toString("base64");
  await account.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: templateId,
      LaunchTemplateData: { ImageId: "ami-0cd7f5aa3e0000001", InstanceType: "t3.medium", UserData: userData },
    }),
  );

  // WHEN
  await account.scaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: group,
      DesiredCapacity: 2,
      LaunchTemplate: { LaunchTemplateId: templateId, Version: "2" },
    }),
  );

  // THEN
  const members = await account.settled(group, ...inService(2));
  expect(members.map((member) => [member.launchTemplateVersion, member.instanceType])).toEqual([
    ["1", "t3.small"],
    ["2", "t3.medium"],
  ]);
  const { AutoScalingInstances } = await account.scaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [first?.id ?? ""] }),
  );
  expect(AutoScalingInstances?.[0]).toMatchObject({
    LifecycleState: "InService",
    HealthStatus: "Healthy",
    LaunchTemplate: { LaunchTemplateId: templateId, Version: "1" },
  });
});

test.concurrent("scale-in takes the oldest instance of the zone with the most, not the oldest of all", async () => {
  // GIVEN: one zone with two younger instances than those of the other zones
  const group = await account.group({ DesiredCapacity: 3 });
  const [eldest] = await account.settled(group, ...inService(3));
  await terminateMember(eldest?.id ?? "", false);
  await account.settled(group, ...inService(3));
  await setDesired(group, 4);
  const members = await account.settled(group, ...inService(4));
  const zones = members.map((member) => member.availabilityZone);
  const fullest = members.filter(
    ({ availabilityZone }) => zones.filter((zone) => zone === availabilityZone).length === 2,
  );
  const others = members.filter((member) => !fullest.includes(member));

  // WHEN
  await setDesired(group, 3);

  // THEN
  const left = await account.settled(group, ...inService(3));
  const expected = [...others, ...fullest.slice(1)].map((member) => member.id);
  expect(left.map((member) => member.id).sort()).toEqual(expected.sort());
});

test.concurrent("a capacity out of the group's bounds is refused", async () => {
  // GIVEN
  const group = await account.group({ MaxSize: 2 });

  // WHEN
  const tooMany = setDesired(group, 3);

  // THEN
  await expect(tooMany).rejects.toThrow("above max value 2");
});

test.concurrent("an instance that ended behind the group's back is replaced", async () => {
  // GIVEN
  const group = await account.group();
  const [first] = await account.settled(group, "InService");

  // WHEN
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first?.id ?? ""] }));

  // THEN
  const second = await until("a replacement", async () => {
    const members = await account.instancesOf(group);
    return members.find((member) => member.id !== first?.id && member.lifecycleState === "InService");
  });
  expect(second.state).toBe("running");
});

test.concurrent("with ReplaceUnhealthy suspended a lost instance stays missing until it is terminated through the group", async () => {
  // GIVEN
  const group = await account.group({ MaxSize: 1, MinSize: 1 });
  const [first] = await account.settled(group, "InService");
  await account.scaling.send(
    new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: ["ReplaceUnhealthy", "AZRebalance"] }),
  );
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first?.id ?? ""] }));
  await delay(NOTICED_MS);
  const lost = await account.instancesOf(group);
  const { AutoScalingGroups } = await account.scaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );

  // WHEN
  await terminateMember(first?.id ?? "", false);

  // THEN
  expect(lost.map((member) => [member.id, member.lifecycleState])).toEqual([[first?.id, "InService"]]);
  expect(AutoScalingGroups?.[0]?.Instances).toMatchObject([
    { InstanceId: first?.id, LifecycleState: "InService", HealthStatus: "Unhealthy" },
  ]);
  const [second] = await account.settled(group, "InService");
  expect(second?.id).not.toBe(first?.id);
});

test.concurrent("with Launch suspended nothing is launched", async () => {
  // GIVEN
  const group = await account.group({ DesiredCapacity: 0 });
  await account.scaling.send(
    new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: ["Launch"] }),
  );

  // WHEN
  await setDesired(group, 2);
  await delay(500);

  // THEN
  expect(await account.instancesOf(group)).toEqual([]);
});

test.concurrent("terminating a member with decrement shrinks the group", async () => {
  // GIVEN
  const group = await account.group({ DesiredCapacity: 2 });
  const [first, second] = await account.settled(group, ...inService(2));

  // WHEN
  await terminateMember(first?.id ?? "", true);

  // THEN
  const left = await account.settled(group, "InService");
  expect(left.map((member) => member.id)).toEqual([second?.id]);
});

test.concurrent("terminating with decrement below the minimum is refused", async () => {
  // GIVEN
  const group = await account.group({ MinSize: 1, MaxSize: 1 });
  const [only] = await account.settled(group, "InService");

  // WHEN
  const refused = terminateMember(only?.id ?? "", true);

  // THEN
  await expect(refused).rejects.toThrow("desiredSize equals minSize");
});

test.concurrent("a group with instances is deleted by force only, and its instances end", async () => {
  // GIVEN
  const group = await account.group();
  await account.settled(group, "InService");
  const refused = account.scaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group }));
  await expect(refused).rejects.toMatchObject({ name: "ResourceInUseFault" });

  // WHEN
  await account.scaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group, ForceDelete: true }));

  // THEN
  await account.settled(group);
  await until("the end of the group", async () => {
    const { AutoScalingGroups } = await account.scaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    return AutoScalingGroups?.length === 0 || undefined;
  });
});

test.concurrent("an update changes only what it names", async () => {
  // GIVEN
  const group = await account.group({ DefaultCooldown: 30, HealthCheckGracePeriod: 0, MaxInstanceLifetime: 86_400 });

  // WHEN
  await account.scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, MaxSize: 4 }));

  // THEN
  const { AutoScalingGroups } = await account.scaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  expect(AutoScalingGroups?.[0]).toMatchObject({
    MaxSize: 4,
    MinSize: 0,
    DesiredCapacity: 1,
    DefaultCooldown: 30,
    HealthCheckGracePeriod: 0,
    MaxInstanceLifetime: 86_400,
  });
});

test.concurrent("a launch that fails is told as an activity and does not fail the request", async () => {
  // GIVEN
  const templateId = await account.launchTemplate({ IamInstanceProfile: { Name: "nobody-made-it" } });

  // WHEN
  const group = await account.group({ LaunchTemplate: { LaunchTemplateId: templateId, Version: "1" } });

  // THEN
  const { Activities } = await account.scaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group }),
  );
  expect(Activities?.[0]).toMatchObject({ StatusCode: "Failed" });
});

test.concurrent("a group of the same name is refused", async () => {
  // GIVEN
  const group = await account.group();

  // WHEN
  const again = account.scaling.send(
    new CreateAutoScalingGroupCommand({ AutoScalingGroupName: group, MinSize: 0, MaxSize: 1 }),
  );

  // THEN
  await expect(again).rejects.toThrow("already exists");
});
