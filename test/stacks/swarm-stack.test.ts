import { App, Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import type { EnvironmentConfig } from "../../lib/config";
import { SwarmStack, type SwarmStackProps } from "../../stacks/swarm-stack";
import { nodeSettings } from "../support/checks/check";
import { fullEnvironment, synthEnvironment } from "../support/synth-environment";

function terraform(config: EnvironmentConfig, options: Partial<SwarmStackProps> = {}) {
  const stack = new SwarmStack(new App(), config.environment, { config, projectDirectory: "/project", ...options });
  return (JSON.parse(Testing.synth(stack)) as { terraform: Record<string, unknown> }).terraform;
}

describe("backend", () => {
  const s3 = { type: "s3", bucket: "acme-state", region: "eu-north-1", prefix: "swarm/" } as const;

  test("fails when a local state is in a folder that synth may delete", () => {
    expect(terraform(fullEnvironment()).backend).toEqual({ local: { path: "/project/terraform.apps.tfstate" } });
  });

  test("fails when a state in S3 is open, is not locked, or is another environment's", () => {
    expect(terraform(fullEnvironment({ backend: s3 })).backend).toEqual({
      s3: {
        bucket: "acme-state",
        region: "eu-north-1",
        key: "swarm/apps/terraform.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test("fails when the lab writes into an environment's own state", () => {
    const { backend } = terraform(fullEnvironment({ backend: s3 }), { stateDirectory: ".lab/terraform" });

    expect(backend).toEqual({ local: { path: "/project/.lab/terraform/terraform.apps.tfstate" } });
  });

  test("fails when a Terraform that cannot lock in S3 is let through", () => {
    expect(terraform(fullEnvironment({ backend: s3 })).required_version).toBe(">= 1.10");
    expect(terraform(fullEnvironment()).required_version).toBe(">= 1.5");
  });
});

test("fails when a tag of the environment is not on everything", () => {
  const stack = synthEnvironment(fullEnvironment({ tags: { stage: "dev" } }));

  expect(stack.resource("aws_vpc").properties.tags).toMatchObject({ stage: "dev", "cdktf-swarm:cluster": "apps" });
  for (const { properties } of stack.resources("aws_autoscaling_group")) {
    expect(properties.tag).toContainEqual({ key: "stage", value: "dev", propagate_at_launch: true });
  }
});

test("fails when what an environment says does not reach the cluster", () => {
  const config = fullEnvironment({
    cluster: "shop",
    managers: { count: 5, instanceType: "m6i.large", rootVolumeSizeGiB: 40 },
    readiness: { timeoutSeconds: 1234 },
  });

  const stack = synthEnvironment(config);

  const template = stack.resource("aws_launch_template", { name_prefix: "shop-manager-4-" }).properties;
  expect(template).toMatchObject({
    instance_type: "m6i.large",
    block_device_mappings: [{ ebs: { volume_size: 40 } }],
    image_id: expect.stringContaining("aws_ssm_parameter"),
  });
  expect(stack.text).toContain("--pool general=2 --pool batch-1=0 --timeout 1234");
  expect(stack.text).toContain('"plugin": "rexray/efs:0.11.4"');
  expect(stack.resource("aws_vpc_security_group_ingress_rule", { from_port: 443 }).properties.cidr_ipv4).toBe(
    "0.0.0.0/0",
  );
});

test("fails when REX-Ray runs elsewhere than the file says", () => {
  const rexray = {
    plugin: "rexray/efs",
    tag: "0.11.4",
    volumes: ["jenkins"],
    on: "nodes",
    pools: ["batch-1"],
  } as const;

  const settings = nodeSettings(synthEnvironment(fullEnvironment({ storage: { rexray } })));

  const told = settings.filter((each) => each["rexray"] !== undefined).map((each) => each["pool"] ?? "manager");
  expect([...new Set(told)].sort()).toEqual(["batch-1", "manager"]);
});

test("fails when nodes are told of another swarm than the environment's", () => {
  const config = fullEnvironment();
  const swarm = { ...config.swarm, heartbeatSeconds: 7, dockerApi: "none" as const };

  const { dockerApi, autolock, ...settings } = swarm;
  for (const each of nodeSettings(synthEnvironment({ ...config, swarm }))) {
    expect(each).toMatchObject({ dockerApi, swarm: settings });
    expect("unlockKeySecret" in each).toBe(autolock && each.role === "manager");
  }
});

test.each([
  [{ id: "ami-0123456789abcdef0" }, "ami-0123456789abcdef0"],
  [{ ssmParameter: "/acme/ami" }, "insecure_value"],
  [{ name: "swarm-*", owners: ["self"] }, "data.aws_ami"],
])("fails when an image given as %j is not the nodes'", (image, expected) => {
  const stack = synthEnvironment(fullEnvironment({ image }));

  for (const { properties } of stack.resources("aws_launch_template")) expect(properties.image_id).toContain(expected);
});
