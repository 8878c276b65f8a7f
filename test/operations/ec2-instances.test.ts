import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Ec2Instances } from "../../lib/operations/ec2-instances";

// The SDK would warn of the Node versions its later releases want.
vi.stubEnv("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");

const ec2 = mockClient(EC2Client);
const instances = new Ec2Instances(new EC2Client({ region: "us-east-1" }));
const reservation = (InstanceId: string, Name: "running" | "stopped") => ({
  Instances: [{ InstanceId, State: { Name } }],
});
const filter = (...Values: string[]) => ({ Filters: [{ Name: "instance-id", Values }] });

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

  test("asks nothing about nobody", async () => {
    expect((await instances.states([])).size).toBe(0);
    expect(ec2.calls()).toHaveLength(0);
  });
});
