import { describe, expect, test } from "vitest";
import { ManagerGroup, type ManagerGroupProps } from "../../lib/nodes";
import { network, nodeGroupProps } from "../support/node-group";
import { reference, synth } from "../support/synth";

function managers(overrides: Partial<ManagerGroupProps> = {}) {
  return synth((scope) => {
    new ManagerGroup(scope, "Managers", {
      ...nodeGroupProps(scope),
      workerRoleUniqueId: "AROAWORKER",
      ...overrides,
    });
  });
}

const slot = (stack: ReturnType<typeof managers>, index: number) =>
  stack.resource("aws_autoscaling_group", { name: `apps-manager-${index}` }).properties;

const settings = (stack: ReturnType<typeof managers>, index: number) =>
  Object.values(stack.json.locals as Record<string, Record<string, unknown>>).find((each) => each.slot === index);

describe("slots", () => {
  test.each([
    [3, ["subnet-a", "subnet-b", "subnet-c"]],
    [5, ["subnet-a", "subnet-b", "subnet-c", "subnet-a", "subnet-b"]],
  ] as const)("fails when %i managers are spread in another way over three zones", (count, subnets) => {
    const stack = managers({ count });

    expect(subnets.map((_, index) => slot(stack, index).vpc_zone_identifier)).toEqual(subnets.map((each) => [each]));
  });

  test("fails when a slot is anything but one instance", () => {
    expect(slot(managers(), 0)).toMatchObject({ min_size: 1, max_size: 1, desired_capacity: 1 });
  });

  test("fails when AWS may replace or move a manager, or may not launch one", () => {
    expect(slot(managers(), 0).suspended_processes).toEqual(["ReplaceUnhealthy", "AZRebalance"]);
  });

  test("fails when a deploy waits for instances, or a destroy not long enough", () => {
    expect(slot(managers(), 0)).toMatchObject({ wait_for_capacity_timeout: "0", timeouts: { delete: "30m" } });
  });

  test("fails when a slot launches another version than the one deployed, or is rolled by AWS", () => {
    const stack = managers();
    const template = stack.resource("aws_launch_template", { name_prefix: "apps-manager-0-" });

    expect(slot(stack, 0).launch_template).toEqual({
      id: reference(template, "id"),
      version: reference(template, "latest_version"),
    });
    expect(slot(stack, 0)).not.toHaveProperty("instance_refresh");
  });

  test("fails when a dead manager's successor waits at a hook", () => {
    const stack = managers();

    expect(slot(stack, 0)).not.toHaveProperty("initial_lifecycle_hook");
    expect(stack.resources("aws_autoscaling_lifecycle_hook")).toEqual([]);
    expect(settings(stack, 0)).not.toHaveProperty("launchHook");
  });

  test("fails when a manager boots before its role may do anything", () => {
    const stack = managers();

    const { address } = stack.resource("aws_iam_role_policy");
    expect(slot(stack, 0).depends_on).toContain(address);
  });
});

test("fails when a manager is not told who it is and whom it leads", () => {
  const stack = managers();
  const role = stack.resource("aws_iam_role");
  const profile = stack.resource("aws_iam_instance_profile");

  expect(settings(stack, 1)).toMatchObject({
    schema: 1,
    role: "manager",
    slot: 1,
    slots: 3,
    autoScalingGroup: "apps-manager-1",
    slotGroups: [0, 1, 2, 3, 4, 5, 6].map((each) => `apps-manager-${each}`),
    roleUniqueId: reference(role, "unique_id"),
    workerRoleUniqueId: "AROAWORKER",
    managerInstanceProfile: reference(profile, "name"),
  });
});

test.each([0, 2, 4, 9])("fails when %i managers are let through", (count) => {
  expect(() => managers({ count })).toThrow(
    new RegExp(`stack/Managers: .*count must be 1, 3, 5 or 7.*got ${count}`, "s"),
  );
});

test("fails when two zones get more than one manager apart", () => {
  const two = network({ availabilityZones: ["eu-west-1a", "eu-west-1b"], nodeSubnetIds: ["subnet-a", "subnet-b"] });

  const stack = synth((scope) => {
    new ManagerGroup(scope, "Managers", { ...nodeGroupProps(scope, { network: two }), workerRoleUniqueId: "x" });
  });

  expect([0, 1, 2].map((index) => slot(stack, index).vpc_zone_identifier)).toEqual([
    ["subnet-a"],
    ["subnet-b"],
    ["subnet-a"],
  ]);
});
