import { expect, test } from "vitest";
import { parse } from "yaml";
import { RexrayPlugin, type RexrayPluginProps, rexrayCreationToken, rexrayStatements } from "../../lib/storage";
import { fill, renderRexray } from "../../lib/storage/rexray-template";
import { network } from "../support/node-group";
import { synth, warningsOf } from "../support/synth";

const props: RexrayPluginProps = {
  clusterName: "apps",
  region: "eu-west-1",
  network: network(),
  plugin: "rexray/efs:0.11.4",
};

const plugin = (overrides: Partial<RexrayPluginProps> = {}) =>
  synth((scope) => {
    new RexrayPlugin(scope, "Rexray", { ...props, ...overrides });
  });

const rendered = renderRexray({ region: "eu-west-1", tag: "apps", security_group_id: "sg-1" });

test("fails when the plugin gets other settings than a role and a region", () => {
  expect(rendered.settings).toEqual({
    EFS_REGION: "eu-west-1",
    EFS_TAG: "apps",
    EFS_SECURITYGROUPS: "sg-1",
    LINUX_VOLUME_FILEMODE: "0755",
    REXRAY_LOGLEVEL: "warn",
    REXRAY_PREEMPT: "false",
  });
});

test("fails when the service could create or delete a file system, or holds a key", () => {
  const config = parse(rendered.config) as Record<string, unknown>;

  expect(config).toMatchObject({
    libstorage: {
      service: "efs",
      integration: { volume: { operations: { create: { disable: true }, remove: { disable: true } } } },
      server: {
        services: { efs: { driver: "efs", efs: { region: "eu-west-1", tag: "apps", securityGroups: ["sg-1"] } } },
      },
    },
  });
  expect(rendered.config).not.toMatch(/key/i);
});

test("fails when a typing error in a template reaches a node", () => {
  expect(() => fill("a: ${regoin}", { region: "eu-west-1" })).toThrow(/"regoin", which is not among its variables/);
});

test("fails when REX-Ray would not take a volume's file system for its own", () => {
  const stack = plugin({ volumes: ["data"] });

  expect(stack.resource("aws_efs_file_system").properties).toMatchObject({
    encrypted: true,
    tags: { Name: "apps/data" },
    creation_token: rexrayCreationToken("apps", "data"),
  });
  // printf rexray/vol | md5sum
  expect(rexrayCreationToken("rexray", "vol")).toBe("1f847bb2d1d71a13da9d0d1440da3aa2");
  expect(stack.resources("aws_efs_mount_target")).toHaveLength(3);
});

test("fails when a node's role may change a file system", () => {
  expect(rexrayStatements().flatMap(({ actions }) => actions)).toEqual([
    "elasticfilesystem:DescribeFileSystems",
    "elasticfilesystem:DescribeMountTargets",
  ]);
});

test("fails when nobody is told what REX-Ray costs in safety", () => {
  const warnings = warningsOf((scope) => {
    new RexrayPlugin(scope, "Rexray", props);
  });

  expect(warnings).toEqual([expect.stringContaining("version 1 of the instance metadata service")]);
});

test("fails when faults of the options do not come all at once", () => {
  expect(() => plugin({ plugin: "no such thing", tag: "a/b", volumes: ["x y", "a", "a"] })).toThrow(
    /stack\/Rexray: .*\n- plugin must be.*\n- tag must be.*\n- volumes\[0\] must be the name of a Docker volume.*"x y".*\n- volumes\[2\] must be named once, got a again/s,
  );
});
