import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { MachineImage, WorkerPool, type WorkerPoolOptions } from "../../lib/nodes";
import { nodeGroupProps } from "../support/node-group";
import { reference, synth } from "../support/synth";

function pool(options: WorkerPoolOptions & { readonly name?: string } = {}) {
  return synth((scope) => {
    new WorkerPool(scope, "Pool", { ...nodeGroupProps(scope), name: "general", ...options });
  });
}

const group = (options: WorkerPoolOptions = {}) => pool(options).resource("aws_autoscaling_group").properties;
const settings = (stack: ReturnType<typeof pool>) =>
  Object.values(stack.json.locals as Record<string, Record<string, unknown>>)[0];

test("fails when a pool is not one group over all zones", () => {
  expect(group()).toMatchObject({
    name: "apps-worker-general",
    vpc_zone_identifier: ["subnet-a", "subnet-b", "subnet-c"],
    wait_for_capacity_timeout: "0",
    timeouts: { delete: "30m" },
  });
});

describe("size", () => {
  test.each([
    [{}, [0, 1, 2]],
    [{ desired: 3 }, [0, 3, 6]],
    [{ min: 2 }, [2, 2, 4]],
    [{ max: 0 }, [0, 0, 0]],
    [{ desired: 2, min: 1, max: 5 }, [1, 2, 5]],
  ] as const)("fails when %j comes to other sizes", (options, sizes) => {
    const { min_size, desired_capacity, max_size } = group(options);

    expect([min_size, desired_capacity, max_size]).toEqual(sizes);
  });

  test.each([
    [{ desired: 1, min: 2 }, /desired must be at least min, got desired 1 and min 2/],
    [{ desired: 7, max: 6 }, /desired must be at most max, got desired 7 and max 6/],
    [{ desired: -1 }, /desired must be a whole number of workers from 0 to 1000, got -1/],
    [{ max: 1.5 }, /max must be a whole number of workers from 0 to 1000, got 1.5/],
  ] as const)("fails when %j is let through", (options, message) => {
    expect(() => pool(options)).toThrow(message);
  });
});

describe("hooks", () => {
  test("fails when an instance is in service before its node is Ready", () => {
    expect(group().initial_lifecycle_hook).toEqual([
      {
        name: "launch",
        lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        heartbeat_timeout: 900,
        default_result: "ABANDON",
      },
    ]);
  });

  test("fails when a change of the launch hook replaces a pool that runs", () => {
    expect(group().lifecycle).toEqual({ ignore_changes: ["initial_lifecycle_hook"] });
  });

  test("fails when an instance ends before its node is drained, or waits for ever", () => {
    const stack = pool();

    expect(stack.resource("aws_autoscaling_lifecycle_hook").properties).toEqual({
      name: "terminate",
      autoscaling_group_name: reference(stack.resource("aws_autoscaling_group"), "name"),
      lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeat_timeout: 300,
      default_result: "CONTINUE",
    });
  });

  test("fails when a worker does not know the hooks it has to complete", () => {
    expect(settings(pool())).toMatchObject({ launchHook: "launch", terminateHook: "terminate" });
  });
});

test("fails when a worker is not told who it is", () => {
  const stack = pool({ labels: { tier: "web" } });

  expect(settings(stack)).toMatchObject({
    role: "worker",
    pool: "general",
    autoScalingGroup: "apps-worker-general",
    roleUniqueId: reference(stack.resource("aws_iam_role"), "unique_id"),
    labels: { tier: "web" },
  });
  expect(settings(stack)).not.toHaveProperty("slot");
});

test("fails when a label that every node has by itself is let through", () => {
  expect(() => pool({ labels: { az: "moon" } })).toThrow(
    /labels.az must not be "az": every node has that label already/,
  );
});

test.each([
  ["t4g.small", "amd64"],
  ["t3.small", "arm64"],
  [undefined, "arm64"],
] as const)("fails when %s may boot an image for %s", (instanceType, architecture) => {
  const build = () =>
    synth((scope) => {
      const image = MachineImage.fromName(`swarm-node-${architecture}-*`, ["self"]);
      new WorkerPool(scope, "Pool", { ...nodeGroupProps(scope, { image }), name: "general", instanceType });
    });

  expect(build).toThrow(new RegExp(`stack/Pool: .*\\n- image must be for .*got one for ${architecture}`, "s"));
});

test("fails when what is attached to a pool by the name it hands out may come before the pool", () => {
  const stack = synth((scope) => {
    const { groupName } = new WorkerPool(scope, "Pool", { ...nodeGroupProps(scope), name: "general" });
    new TerraformOutput(scope, "Group", { value: groupName });
  });

  const { Group } = stack.json.output as Record<string, { value: string }>;
  expect(Group?.value).toBe(reference(stack.resource("aws_autoscaling_group"), "name"));
});

test("fails when a name AWS or Docker refuses is let through", () => {
  expect(() => pool({ name: "General!" })).toThrow(/name must be 1 to 32/);
});
