import { describe, expect, test } from "vitest";
import type { AccountPolicies } from "../../../../lib/lab/front/policies/account-policies";
import { NodePolicies } from "../../../../lib/lab/front/policies/node-policies";
import type { JudgedRequest } from "../../../../lib/lab/front/policies/policy-request";
import { recordKey } from "../../../../lib/registry/records";
import {
  account,
  asForm,
  inIam,
  keyOf,
  MANAGER,
  onItem,
  onTable,
  WORKER,
  WORKER_ROLE_ID,
  withWorkerPolicy,
  workerPolicyWith,
} from "./support";

const OWN = recordKey.node(WORKER_ROLE_ID, WORKER);
const OTHER = recordKey.node(WORKER_ROLE_ID, "i-other");
const LOOPBACK = { address: "127.0.0.1", isFromHost: false };

interface Decision {
  readonly refusal: string | undefined;
  readonly log: readonly string[];
}

async function decide(instance: string, request: JudgedRequest, known: AccountPolicies = account()): Promise<Decision> {
  const log: string[] = [];
  const policies = new NodePolicies({ read: async () => known, log: (line) => log.push(line) });
  const refusal = await policies.refusal(request, { ...LOOPBACK, caller: keyOf(instance) });
  return { refusal, log };
}

function transaction(...parts: readonly (readonly [kind: string, key: string])[]): JudgedRequest {
  const TransactItems = parts.map(([kind, key]) => ({
    [kind]: {
      TableName: "apps-registry",
      ...(kind === "Put" ? { Item: { pk: { S: key }, token: { S: "SWMTKN" } } } : { Key: { pk: { S: key } } }),
    },
  }));
  return onTable("TransactWriteItems", { TransactItems });
}

const scaling = (Action: string, parameters: Readonly<Record<string, string>>) =>
  asForm("autoscaling", { Action, Version: "2011-01-01", ...parameters });

test("fails when a role that was just made may do something before it is known everywhere, or nothing after", async () => {
  // GIVEN
  const known = account();
  const roles = known.roles.map((role) => ({ ...role, refusedUntil: "2026-01-01T00:00:10Z" }));
  const at = async (now: string) => {
    const read = async () => ({ ...known, roles });
    const policies = new NodePolicies({ read, log: () => {}, now: () => Date.parse(now) });
    return policies.refusal(onItem("GetItem", recordKey.cluster), { ...LOOPBACK, caller: keyOf(WORKER) });
  };

  // THEN
  expect(await at("2026-01-01T00:00:09Z")).toContain("the role is new");
  expect(await at("2026-01-01T00:00:10Z")).toBeUndefined();
});

describe("a worker", () => {
  test.each([recordKey.cluster, recordKey.workerToken, OWN, recordKey.removing("abc")])(
    "fails when it may not read %s",
    async (key) => {
      // WHEN
      const { refusal } = await decide(WORKER, onItem("GetItem", key));

      // THEN
      expect(refusal).toBeUndefined();
    },
  );

  test.each([recordKey.slot(0), "token#manager", OTHER, "removing", "cluster2", `${OWN}0`])(
    "fails when it may read %s",
    async (key) => {
      // WHEN
      const { refusal } = await decide(WORKER, onItem("GetItem", key));

      // THEN
      expect(refusal).toContain("no statement allows it");
    },
  );

  test.each([
    ["UpdateItem of its own record", onItem("UpdateItem", OWN)],
    ["its own record in a transaction", transaction(["Update", OWN])],
    ["its launch hook", scaling("CompleteLifecycleAction", { AutoScalingGroupName: "apps-worker-general" })],
    [
      "its hook's heartbeat",
      scaling("RecordLifecycleActionHeartbeat", { AutoScalingGroupName: "apps-worker-general" }),
    ],
    ["the question who it is", asForm("sts", { Action: "GetCallerIdentity", Version: "2011-06-15" })],
  ])("fails when it is refused %s", async (_, request) => {
    // WHEN
    const { refusal } = await decide(WORKER, request);

    // THEN
    expect(refusal).toBeUndefined();
  });

  test.each([
    ["Scan", onTable("Scan", {})],
    ["Scan without the token", onTable("Scan", { ProjectionExpression: "pk" })],
    ["Query of its own record", onTable("Query", { KeyConditionExpression: "pk = :k" })],
    ["BatchGetItem", onTable("BatchGetItem", { RequestItems: { "apps-registry": { Keys: [{ pk: { S: OWN } }] } } })],
    ["PutItem of its own record", onTable("PutItem", { Item: { pk: { S: OWN } } })],
    ["DeleteItem of its own record", onItem("DeleteItem", OWN)],
    ["UpdateItem of another node's record", onItem("UpdateItem", OTHER)],
    ["UpdateItem of cluster", onItem("UpdateItem", recordKey.cluster)],
    ["UpdateItem of the token", onItem("UpdateItem", recordKey.workerToken)],
    ["UpdateItem of a slot", onItem("UpdateItem", recordKey.slot(0))],
    ["UpdateItem of a tombstone", onItem("UpdateItem", recordKey.removing("abc"))],
    ["a transaction that also writes cluster", transaction(["Update", OWN], ["Update", recordKey.cluster])],
    ["a transaction that checks cluster", transaction(["Update", OWN], ["ConditionCheck", recordKey.cluster])],
    ["a transaction that puts its own record", transaction(["Put", OWN])],
    ["PartiQL", onTable("ExecuteStatement", { Statement: "SELECT * FROM registry" })],
    ["DescribeTable", onTable("DescribeTable", {})],
    ["another table", onTable("GetItem", { TableName: "apps-registry2", Key: { pk: { S: "cluster" } } })],
    ["DescribeInstances", asForm("ec2", { Action: "DescribeInstances", Version: "2016-11-15" })],
    ["DescribeAutoScalingGroups", scaling("DescribeAutoScalingGroups", {})],
    ["a manager's hook", scaling("CompleteLifecycleAction", { AutoScalingGroupName: "apps-manager-0" })],
    ["the end of a manager", scaling("TerminateInstanceInAutoScalingGroup", { InstanceId: MANAGER })],
    ["the end of itself", scaling("TerminateInstanceInAutoScalingGroup", { InstanceId: WORKER })],
    ["a role of IAM", asForm("iam", { Action: "GetRolePolicy", Version: "2010-05-08" })],
  ])("fails when it is allowed %s", async (_, request) => {
    // WHEN
    const { refusal, log } = await decide(WORKER, request);

    // THEN
    expect(refusal).toContain("is not authorized to perform");
    expect(log).toHaveLength(1);
  });
});

describe("a manager", () => {
  test.each([
    ["GetItem", onItem("GetItem", recordKey.slot(0))],
    ["UpdateItem", onItem("UpdateItem", recordKey.cluster)],
    ["Scan", onTable("Scan", {})],
    ["the claim", transaction(["Update", recordKey.cluster], ["ConditionCheck", recordKey.slot(0)])],
    ["DescribeInstances", asForm("ec2", { Action: "DescribeInstances", Version: "2016-11-15" })],
    ["DescribeInstanceStatus", asForm("ec2", { Action: "DescribeInstanceStatus", Version: "2016-11-15" })],
    [
      "DescribeAutoScalingGroups of a slot",
      scaling("DescribeAutoScalingGroups", { "AutoScalingGroupNames.member.1": "apps-manager-0" }),
    ],
    ["the replacement of a manager", scaling("TerminateInstanceInAutoScalingGroup", { InstanceId: MANAGER })],
  ])("fails when it is refused %s", async (_, request) => {
    // WHEN
    const { refusal } = await decide(MANAGER, request);

    // THEN
    expect(refusal).toBeUndefined();
  });

  test.each([
    ["PutItem", onTable("PutItem", { Item: { pk: { S: "cluster" } } })],
    ["the end of a worker", scaling("TerminateInstanceInAutoScalingGroup", { InstanceId: WORKER })],
    ["a slot's hook", scaling("CompleteLifecycleAction", { AutoScalingGroupName: "apps-manager-0" })],
    ["a pool's hook", scaling("CompleteLifecycleAction", { AutoScalingGroupName: "apps-worker-general" })],
    ["DescribeVpcs", asForm("ec2", { Action: "DescribeVpcs", Version: "2016-11-15" })],
    ["DescribeScalingActivities", scaling("DescribeScalingActivities", {})],
  ])("fails when it is allowed %s", async (_, request) => {
    // WHEN
    const { refusal } = await decide(MANAGER, request);

    // THEN
    expect(refusal).toContain("is not authorized to perform");
  });
});

describe("who is judged", () => {
  const judge = new NodePolicies({ read: async () => account(), log: () => {} });

  test("fails when an operator on this machine is judged, or an instance is not", () => {
    expect(judge.judges({ ...LOOPBACK, caller: "lab" })).toBe(false);
    expect(judge.judges({ ...LOOPBACK, caller: keyOf(WORKER) })).toBe(true);
    expect(judge.judges({ caller: "lab", address: "10.20.0.20", isFromHost: true })).toBe(true);
  });

  test.each([
    ["the operator's key", "lab"],
    ["no key", "anonymous"],
    ["a manager's key", keyOf(MANAGER)],
    ["the key of an instance that never was", keyOf("i-nobody")],
  ])("fails when a worker's host gets through with %s", async (_, caller) => {
    // GIVEN
    const origin = { caller, address: "10.20.0.20", isFromHost: true };

    // WHEN
    const refusal = await judge.refusal(onItem("GetItem", recordKey.cluster), origin);

    // THEN
    expect(refusal).toContain("is not authorized to perform");
  });

  test("fails when a host is refused with the key of its own instance", async () => {
    // GIVEN
    const origin = { caller: keyOf(WORKER), address: "10.20.0.20", isFromHost: true };

    // WHEN
    const refusal = await judge.refusal(onItem("GetItem", recordKey.cluster), origin);

    // THEN
    expect(refusal).toBeUndefined();
  });

  test("fails when an instance without a role may do something", async () => {
    // GIVEN
    const { instances } = account();
    const without = account({ instances: instances.map((each) => ({ ...each, roleName: null })) });

    // WHEN
    const { refusal } = await decide(WORKER, onItem("GetItem", recordKey.cluster), without);

    // THEN
    expect(refusal).toContain("the instance has no role");
  });

  test("fails when a permissions boundary does not bound", async () => {
    // GIVEN
    const document = inIam([{ sid: "Bound", effect: "Allow", actions: ["dynamodb:Get*"], resources: ["*"] }]);
    const roles = account().roles.map((role) => ({ ...role, boundary: { name: "bound", document } }));

    // WHEN
    const read = await decide(WORKER, onItem("GetItem", OWN), account({ roles }));
    const write = await decide(WORKER, onItem("UpdateItem", OWN), account({ roles }));

    // THEN
    expect(read.refusal).toBeUndefined();
    expect(write.refusal).toContain("the permissions boundary: no statement allows it");
  });
});

describe("what the log says", () => {
  test("fails when a refusal does not name caller, action and resource", async () => {
    // WHEN
    const { log } = await decide(WORKER, onItem("GetItem", recordKey.slot(0)));

    // THEN
    expect(log).toEqual([
      'refused arn:aws:sts::123456789012:assumed-role/apps-worker/i-worker: dynamodb:GetItem on arn:aws:dynamodb:us-east-1:123456789012:table/apps-registry key "slot#0": no statement allows it',
    ]);
  });

  test("fails when a refusal shows what the body holds, or a table's name breaks its line", async () => {
    // WHEN
    const put = onTable("PutItem", { TableName: "a\nb", Item: { pk: { S: "c\nd" }, x: { S: "secret" } } });
    const { refusal, log } = await decide(WORKER, put);

    // THEN
    expect(`${refusal} ${log}`).not.toContain("secret");
    const odd = await decide(WORKER, onTable("GetItem", { TableName: "a\nb", Key: { pk: { S: "c" } } }));
    expect(odd.log.join()).not.toContain("\n");
  });

  test.each([
    ["a policy that is no JSON", "{", "policy swarm-node cannot be judged: it is not JSON"],
    [
      "an unknown condition operator",
      workerPolicyWith({ DateLessThan: { "aws:userid": "2030" } }),
      "the condition operator DateLessThan is not known",
    ],
    [
      "an unknown condition key",
      workerPolicyWith({ StringEquals: { "aws:SourceVpc": "vpc-1" } }),
      "the condition key aws:SourceVpc is not known",
    ],
  ])("fails when %s allows something, or nobody is told", async (_, document, reason) => {
    // WHEN
    const { refusal, log } = await decide(WORKER, onItem("GetItem", OWN), withWorkerPolicy(document));

    // THEN
    expect(refusal).toContain(reason);
    expect(log.join()).toContain(reason);
  });
});

describe("what is known of the account", () => {
  test("fails when something is refused that was allowed just now", async () => {
    // GIVEN: an account in which the instance shows at the second look
    const looks = [account({ instances: [] }), account()];
    const policies = new NodePolicies({ read: async () => looks.shift() ?? account(), log: () => {} });
    const origin = { ...LOOPBACK, caller: keyOf(WORKER) };
    await policies.refusal(onItem("GetItem", OWN), origin);

    // WHEN
    const refusal = await policies.refusal(onItem("GetItem", OWN), origin);

    // THEN
    expect(refusal).toBeUndefined();
  });

  test("fails when something is allowed long after it was forbidden, or the account is read for every request", async () => {
    // GIVEN
    let now = 0;
    let reads = 0;
    let known = account();
    const read = async () => {
      reads += 1;
      return known;
    };
    const policies = new NodePolicies({ read, log: () => {}, now: () => now });
    const ask = () => policies.refusal(onItem("GetItem", OWN), { ...LOOPBACK, caller: keyOf(WORKER) });
    await ask();
    await ask();

    // WHEN
    known = account({ roles: [] });
    now = 1_001;

    // THEN
    expect(reads).toBe(1);
    expect(await ask()).toContain("the instance has no role");
  });
});
