import { describe, expect, test } from "vitest";
import { clusterName, MAX_CLUSTER_NAME_LENGTH, MAX_POOL_NAME_LENGTH, poolName } from "../lib/limits/names";
import { REGIONS } from "../lib/limits/regions";
import { physicalName } from "../lib/naming";

const LONGEST_CLUSTER = "c".repeat(MAX_CLUSTER_NAME_LENGTH);
const LONGEST_POOL = "p".repeat(MAX_POOL_NAME_LENGTH);

/** What Terraform appends to a name prefix. */
const SUFFIX = "x".repeat(26);

describe("physical names", () => {
  test("begin with the cluster's and say what they name", () => {
    expect(physicalName.managerGroup("apps", 2)).toBe("apps-manager-2");
    expect(physicalName.workerGroup("apps", "general")).toBe("apps-worker-general");
    expect(physicalName.managerRole("apps", "eu-west-1")).toBe("apps-eu-west-1-manager");
    expect(physicalName.workerRole("apps", "eu-west-1")).toBe("apps-eu-west-1-worker");
    expect(physicalName.securityGroupPrefix("apps", "managers")).toBe("apps-managers-");
  });

  test.each([
    ...[...REGIONS, "us-isof-south-1"].flatMap((region): [string, number, string][] => [
      ["role", 64, physicalName.managerRole(LONGEST_CLUSTER, region)],
      ["role", 64, physicalName.workerRole(LONGEST_CLUSTER, region)],
    ]),
    ["launch template", 128, `${physicalName.workerGroup(LONGEST_CLUSTER, LONGEST_POOL)}-${SUFFIX}`],
    ["Auto Scaling group", 255, physicalName.managerGroup(LONGEST_CLUSTER, 6)],
    ["Auto Scaling group", 255, physicalName.workerGroup(LONGEST_CLUSTER, LONGEST_POOL)],
    ["security group", 255, physicalName.securityGroupPrefix(LONGEST_CLUSTER, "operators") + SUFFIX],
  ])("of the longest cluster and pool stay within AWS's limit for a %s (%i)", (_, limit, name) => {
    expect(name.length).toBeLessThanOrEqual(limit);
  });
});

describe("the name of a cluster", () => {
  test.each(["a", "apps", "apps-2", LONGEST_CLUSTER])("may be %s", (name) => {
    expect(clusterName.fault(name)).toBeUndefined();
  });

  test.each(["", "Apps", "2apps", "apps_2", "apps.2", "${apps}", `${LONGEST_CLUSTER}c`])("must not be %j", (name) => {
    expect(clusterName.fault(name)).toBe(
      `must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter, got "${name}"; write for example apps`,
    );
  });

  test("must not begin like the ids of security groups, which AWS refuses", () => {
    expect(clusterName.fault("sg-apps")).toContain("must not begin with sg-");
  });
});

describe("the name of a pool", () => {
  test.each(["general", "gpu-2", LONGEST_POOL])("may be %s", (name) => {
    expect(poolName.fault(name)).toBeUndefined();
  });

  test.each(["", "General", "-x", `${LONGEST_POOL}p`])("must not be %j", (name) => {
    expect(poolName.fault(name)).toContain("must be 1 to 32 lower-case letters");
  });
});
