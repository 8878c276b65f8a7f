import { describe, expect, test } from "vitest";
import { recordKey } from "../../lib/registry/records";
import { managerStatements, type NodePolicyProps, poolStatements, workerStatements } from "../../lib/security";
import { renderPolicy } from "../../lib/security/policy-statement";
import { allows } from "./policy-evaluator";

const TABLE = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/apps-registry";

const PROPS: NodePolicyProps = {
  partition: "aws-cn",
  region: "cn-north-1",
  accountId: "123456789012",
  tableArn: TABLE,
  slotGroupNames: ["apps-manager-0", "apps-manager-1"],
};

const ROLE = "AROAEXAMPLE";
const OWN = recordKey.node(ROLE, "i-1");

/** What IAM has after Terraform: its escape for `${` is gone. */
function asInAws(statements: Parameters<typeof renderPolicy>[0]): string {
  return renderPolicy(statements).replaceAll("$${", () => "${");
}

const MANAGER = asInAws(managerStatements(PROPS));
const WORKER_STATEMENTS = [...workerStatements(PROPS), ...poolStatements(PROPS, ["apps-worker-general"])];
const WORKER = asInAws(WORKER_STATEMENTS);

function onRecord(action: string, key: string) {
  const context = { "dynamodb:LeadingKeys": [key], "aws:userid": `${ROLE}:i-1` };
  return { action: `dynamodb:${action}`, resource: TABLE, context };
}

function onGroup(action: string, name: string) {
  const resource = `arn:aws-cn:autoscaling:cn-north-1:123456789012:autoScalingGroup:0000-11:autoScalingGroupName/${name}`;
  return { action: `autoscaling:${action}`, resource };
}

const ALL = [
  ["manager", managerStatements(PROPS)],
  ["worker", WORKER_STATEMENTS],
] as const;

describe("a worker", () => {
  test.each([recordKey.cluster, recordKey.workerToken, OWN, recordKey.removing("abc")])("may read %s", (key) => {
    expect(allows(WORKER, onRecord("GetItem", key))).toBe(true);
  });

  test.each([recordKey.node(ROLE, "i-2"), recordKey.slot(0), "token#manager", "removing"])("may not read %s", (key) => {
    expect(allows(WORKER, onRecord("GetItem", key))).toBe(false);
  });

  test("may write its own record", () => {
    expect(allows(WORKER, onRecord("UpdateItem", OWN))).toBe(true);
  });

  test.each([
    recordKey.node(ROLE, "i-2"),
    recordKey.node(ROLE, "i-11"),
    recordKey.cluster,
    recordKey.workerToken,
    recordKey.slot(0),
    recordKey.removing("abc"),
  ])("may not write %s", (key) => {
    expect(allows(WORKER, onRecord("UpdateItem", key))).toBe(false);
  });

  test.each(["Scan", "Query", "BatchGetItem", "BatchWriteItem", "PutItem", "DeleteItem", "PartiQLSelect"])(
    "may not call %s, not even for its own record",
    (action) => {
      expect(allows(WORKER, onRecord(action, OWN))).toBe(false);
    },
  );

  test.each(["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"])("may call %s for its pool", (action) => {
    expect(allows(WORKER, onGroup(action, "apps-worker-general"))).toBe(true);
  });

  test.each([
    ["CompleteLifecycleAction", "apps-manager-0"],
    ["CompleteLifecycleAction", "other-worker-general"],
    ["TerminateInstanceInAutoScalingGroup", "apps-worker-general"],
    ["TerminateInstanceInAutoScalingGroup", "apps-manager-0"],
  ])("may not call %s for %s", (action, group) => {
    expect(allows(WORKER, onGroup(action, group))).toBe(false);
  });

  test.each(["ec2:DescribeInstances", "autoscaling:DescribeAutoScalingGroups"])(
    "may not call %s: instances are no business of its",
    (action) => {
      expect(allows(WORKER, { action, resource: "*" })).toBe(false);
    },
  );
});

describe("a manager", () => {
  test.each(["GetItem", "UpdateItem", "ConditionCheckItem", "Scan"])("may call %s on the registry", (action) => {
    expect(allows(MANAGER, onRecord(action, recordKey.cluster))).toBe(true);
  });

  test.each(["PutItem", "DeleteItem", "BatchWriteItem"])("may not call %s, which would undo a condition", (action) => {
    expect(allows(MANAGER, onRecord(action, recordKey.cluster))).toBe(false);
  });

  test("may not touch another table", () => {
    expect(allows(MANAGER, { ...onRecord("GetItem", "x"), resource: `${TABLE}-2` })).toBe(false);
  });

  test.each(["ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "autoscaling:DescribeAutoScalingGroups"])(
    "may call %s",
    (action) => {
      expect(allows(MANAGER, { action, resource: "*" })).toBe(true);
    },
  );

  test("may replace the instance of every slot", () => {
    for (const group of PROPS.slotGroupNames) {
      expect(allows(MANAGER, onGroup("TerminateInstanceInAutoScalingGroup", group))).toBe(true);
    }
  });

  test.each(["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"])(
    "may not call %s, for slots have no hooks and a worker answers its own",
    (action) => {
      for (const group of ["apps-manager-0", "apps-worker-general"]) {
        expect(allows(MANAGER, onGroup(action, group))).toBe(false);
      }
    },
  );

  test.each(["apps-worker-general", "apps-manager-10", "other-manager-0"])("may not terminate in %s", (group) => {
    expect(allows(MANAGER, onGroup("TerminateInstanceInAutoScalingGroup", group))).toBe(false);
  });
});

describe.each(ALL)("the policy of a %s", (_, statements) => {
  test("allows a shell by Session Manager, and not to read the account's parameters", () => {
    const policy = asInAws(statements);
    for (const action of ["ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel"]) {
      expect(allows(policy, { action, resource: "*" })).toBe(true);
    }
    expect(allows(policy, { action: "ssm:GetParameter", resource: "*" })).toBe(false);
  });

  test("names every action in full", () => {
    for (const action of statements.flatMap(({ actions }) => actions)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
  });

  test("is for all resources only where AWS knows no others", () => {
    const unlimited = statements.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);
    const known = /^(ec2:Describe|autoscaling:Describe|ssmmessages:|ssm:UpdateInstanceInformation$)/;
    for (const action of unlimited) expect(action).toMatch(known);
  });

  test("names no partition, region or account but the one it was given", () => {
    const arns = statements.flatMap(({ resources }) => resources).filter((resource) => resource !== "*");
    for (const arn of arns) expect(arn).toMatch(/^arn:aws-cn:\w+:cn-north-1:123456789012:/);
  });
});

test("every DynamoDB statement of a worker is limited by key", () => {
  const statements = workerStatements(PROPS).filter(({ actions }) =>
    actions.some((each) => each.startsWith("dynamodb:")),
  );
  expect(statements).toHaveLength(3);
  for (const { conditions } of statements) {
    expect(Object.values(conditions ?? {}).flatMap(Object.keys)).toEqual(["dynamodb:LeadingKeys"]);
  }
});

test("a cluster without pools has no statement without resources, which AWS refuses", () => {
  expect(poolStatements(PROPS, [])).toEqual([]);
});
