import { getEventListeners } from "node:events";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { AutoScalingSizes } from "../../lib/operations/auto-scaling-sizes";
import { Ec2Instances } from "../../lib/operations/ec2-instances";

const ec2 = mockClient(EC2Client);
const instances = new Ec2Instances(new EC2Client({ region: "us-east-1" }));
const reservation = (InstanceId: string, Name: "running" | "stopped") => ({
  Instances: [{ InstanceId, State: { Name } }],
});
const filter = (...Values: string[]) => ({ Filters: [{ Name: "instance-id", Values }] });

afterAll(() => ec2.restore());
beforeEach(() => ec2.reset());

describe("Ec2Instances", () => {
  test("gives the states of all pages of an answer", async () => {
    ec2
      .on(DescribeInstancesCommand, filter("i-1", "i-2"))
      .resolvesOnce({ Reservations: [reservation("i-1", "running")], NextToken: "more" })
      .resolvesOnce({ Reservations: [reservation("i-2", "stopped")] });
    expect([...(await instances.states(["i-1", "i-2"]))]).toEqual([
      ["i-1", "running"],
      ["i-2", "stopped"],
    ]);
    expect(ec2.commandCalls(DescribeInstancesCommand)[1]?.args[0].input.NextToken).toBe("more");
  });

  test("takes an instance for missing only when EC2 says so of its id", async () => {
    // GIVEN an answer that leaves two out
    const notFound = Object.assign(new Error("does not exist"), { name: "InvalidInstanceID.NotFound" });
    ec2
      .on(DescribeInstancesCommand, filter("i-1", "i-2", "i-3"))
      .resolves({ Reservations: [reservation("i-1", "running")] })
      .on(DescribeInstancesCommand, { InstanceIds: ["i-2"] })
      .rejects(notFound)
      .on(DescribeInstancesCommand, { InstanceIds: ["i-3"] })
      .resolves({ Reservations: [] });
    // WHEN
    const states = await instances.states(["i-1", "i-2", "i-3"]);
    // THEN
    expect(states.get("i-2")).toBe("missing");
    expect(states.has("i-3")).toBe(false);
  });

  test("fails as EC2 does", async () => {
    ec2.on(DescribeInstancesCommand).rejects(Object.assign(new Error("no"), { name: "UnauthorizedOperation" }));
    await expect(instances.states(["i-1"])).rejects.toThrow("no");
  });

  test("gives up when it is told to, though the SDK goes on", async () => {
    // GIVEN a search for credentials that no signal ends
    const user = new AbortController();
    ec2.on(DescribeInstancesCommand).callsFake(() => new Promise(() => {}));
    // WHEN
    const asked = instances.states(["i-1"], user.signal);
    user.abort();
    // THEN
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });

  test("leaves no listener behind on the signal it was given", async () => {
    // GIVEN
    const { signal } = new AbortController();
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [reservation("i-1", "running")] });
    // WHEN
    await instances.states(["i-1"], signal);
    // THEN
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("asks nothing about nobody", async () => {
    expect((await instances.states([])).size).toBe(0);
    expect(ec2.calls()).toHaveLength(0);
  });
});

describe("AutoScalingSizes", () => {
  const autoScaling = mockClient(AutoScalingClient);
  afterAll(() => autoScaling.restore());
  const sizes = new AutoScalingSizes(new AutoScalingClient({ region: "us-east-1" }));
  const group = (AutoScalingGroupName: string | undefined, DesiredCapacity: number | undefined) => {
    const required = { MinSize: 0, MaxSize: 9, DefaultCooldown: 0, AvailabilityZones: [], HealthCheckType: "EC2" };
    return { ...required, CreatedTime: new Date(0), AutoScalingGroupName, DesiredCapacity };
  };

  beforeEach(() => autoScaling.reset());

  test("gives the sizes of a cluster's groups on all pages of an answer", async () => {
    // GIVEN
    autoScaling
      .on(DescribeAutoScalingGroupsCommand, { Filters: [{ Name: "tag:cdktf-swarm:cluster", Values: ["apps"] }] })
      .resolvesOnce({ AutoScalingGroups: [group("apps-manager-0", 1)], NextToken: "more" })
      .resolvesOnce({ AutoScalingGroups: [group("apps-worker-general", 0)] });
    // WHEN
    const found = await sizes.of("apps");
    // THEN
    expect(found).toEqual([
      { group: "apps-manager-0", desired: 1 },
      { group: "apps-worker-general", desired: 0 },
    ]);
  });

  test.each([
    ["name", group(undefined, 1)],
    ["size", group("apps-manager-1", undefined)],
  ])("leaves a group out of which AWS gives no %s", async (_, incomplete) => {
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [incomplete] });
    expect(await sizes.of("apps")).toEqual([]);
  });
});
