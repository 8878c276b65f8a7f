import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wantedNodes } from "../../lib/operations/group-sizes";
import type { InstanceStates } from "../../lib/operations/instances";
import { quorumOf } from "../../lib/operations/quorum";
import type { NodeRecords } from "../../lib/operations/registry-reader";
import { type ClusterStatus, clusterStatus, mergeStatus } from "../../lib/operations/status";
import type { ClusterRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, nodeRecord, slotRecord, texts, WRITTEN_AT, worker } from "./fixtures";

const none: NodeRecords = { nodes: [], slots: [], tombstones: [] };
const three = [manager(0), manager(1), manager(2)];

function merge(
  record: ClusterRecord | undefined,
  records: Partial<NodeRecords> = {},
  now = Date.parse(WRITTEN_AT),
): ClusterStatus {
  return mergeStatus({ target: APPS, record, records: { ...none, ...records }, now });
}

describe("mergeStatus", () => {
  test("joins what the leader says of a node with what it says of itself", () => {
    // WHEN
    const status = merge(cluster([worker("general", 1)]), {
      nodes: [nodeRecord("general", 1, { step: "mounting /mnt/efs", error: "server not responding" })],
    });
    // THEN
    expect(status.nodes).toEqual([
      {
        name: "general 10.20.9.1",
        nodeId: "node-general1",
        instanceId: "i-general1",
        role: "worker",
        slot: undefined,
        pool: "general",
        az: "us-east-1a",
        member: true,
        state: "ready",
        availability: "active",
        leader: false,
        reachability: undefined,
        address: "10.20.9.1",
        agentVersion: "0.1.0",
        agentState: "ready",
        step: "mounting /mnt/efs",
        error: "server not responding",
        updatedAt: WRITTEN_AT,
      },
    ]);
    expect(texts(status)).toContain("general 10.20.9.1: server not responding");
  });

  test("finds the node of a member whose instance the leader does not know by its node id", () => {
    const member = worker("general", 1, { instanceId: undefined });
    const status = merge(cluster([member]), { nodes: [nodeRecord("general", 1)] });
    expect(status.nodes).toMatchObject([{ instanceId: "i-general1", member: true, agentVersion: "0.1.0" }]);
  });

  test("shows instances that have not joined, with what they wait for", () => {
    // WHEN
    const status = merge(cluster([manager(0)]), {
      nodes: [nodeRecord("general", 1, { state: "waiting", step: "waiting for a manager", nodeId: undefined })],
      slots: [slotRecord(1)],
    });
    // THEN
    expect(status.nodes.map((node) => [node.instanceId, node.member, node.state, node.step])).toEqual([
      ["i-m0", true, "ready", undefined],
      ["i-m1", false, "joining", "waiting for the worker token"],
      ["i-general1", false, "waiting", "waiting for a manager"],
    ]);
  });

  test("does not take a manager for the leader that nobody lists yet", () => {
    const { nodes } = merge(cluster([], { phase: "forming" }), { slots: [slotRecord(0)] });
    expect(nodes).toMatchObject([{ name: "manager-0", member: false, leader: false }]);
  });

  test("forgets removed nodes and the earlier instances of a slot", () => {
    // WHEN
    const status = merge(cluster(three), {
      nodes: [
        nodeRecord("general", 1),
        nodeRecord("x", 2, { role: "manager", slot: 1, pool: undefined, instanceId: "i-before" }),
      ],
      slots: [slotRecord(1)],
      tombstones: [{ nodeId: "node-general1", state: "removed" }],
    });
    // THEN
    expect(status.nodes.map((node) => node.instanceId)).toEqual(["i-m0", "i-m1", "i-m2"]);
  });

  test("still shows a node that is being removed", () => {
    const status = merge(cluster(three), {
      nodes: [nodeRecord("general", 1, { state: "leaving" })],
      tombstones: [{ nodeId: "node-general1", state: "removing" }],
    });
    expect(status.nodes.map((node) => node.state)).toContain("leaving");
  });

  test("puts managers first by slot, then workers by pool and address", () => {
    const members = [worker("b", 1), worker("a", 10), worker("a", 9), manager(2), manager(0), manager(1)];
    const order = merge(cluster(members)).nodes.map((node) => node.slot ?? `${node.pool} ${node.address}`);
    expect(order).toEqual([0, 1, 2, "a 10.20.9.9", "a 10.20.9.10", "b 10.20.9.1"]);
  });

  test("finds no fault in a healthy cluster", () => {
    expect(texts(merge(cluster([...three, worker("general", 1)])))).toEqual([]);
  });

  test("names lost quorum, unreachable managers, nodes that are down and a missing leader", () => {
    // GIVEN
    const lost = { reachability: "unreachable", leader: false } as const;
    const members = [manager(0, lost), manager(1, { ...lost, state: "down" }), manager(2)];
    // THEN
    expect(texts(merge(cluster(members)))).toEqual([
      expect.stringMatching(/^quorum is lost: 1 of 3 managers reachable, 2 needed; a swarm without quorum cannot/),
      "manager-0 is not reachable by the other managers",
      "manager-1 is down",
    ]);
  });

  test("warns when the next lost manager takes the quorum with it, but not of a single manager", () => {
    const warning = "no manager can be lost: the next one takes the quorum with it";
    expect(texts(merge(cluster([manager(0), manager(1)])))).toEqual([warning]);
    // Where a manager is at fault, that is what is told.
    const members = [manager(0), manager(1), manager(2, { reachability: "unreachable" })];
    expect(texts(merge(cluster(members)))).toEqual(["manager-2 is not reachable by the other managers"]);
    expect(texts(merge(cluster([manager(0)])))).toEqual([]);
  });

  test("names nodes that have fallen silent, and not those that reported within three minutes", () => {
    const records = { nodes: [nodeRecord("general", 1)] };
    const faultsAfter = (minutes: number): readonly string[] =>
      texts(merge(cluster([manager(0), worker("general", 1)]), records, Date.parse(WRITTEN_AT) + minutes * 60_000));
    expect(faultsAfter(3)).toEqual([]);
    expect(faultsAfter(5)).toEqual(["general 10.20.9.1 has not reported for 5 min"]);
  });

  test("does not take a swarm that is forming for one that lost its quorum", () => {
    expect(texts(merge(cluster([], { phase: "forming" })))).toEqual([]);
  });

  test("says what to do about a registry that was never seeded", () => {
    expect(merge(undefined)).toMatchObject({
      phase: "absent",
      nodes: [],
      faults: [{ text: "the registry has no cluster record: deploy again to seed it" }],
    });
  });
});

describe("quorumOf", () => {
  test("needs a majority, and never has a margin that losing it would not cost", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), (reachable) => {
        const members = reachable.map((yes, slot) =>
          manager(slot, { reachability: yes ? "reachable" : "unreachable" }),
        );
        const quorum = quorumOf([...members, worker("general", 1)]);
        expect(quorum.members).toBe(members.length);
        expect(2 * quorum.needed).toBeGreaterThan(quorum.members);
        expect(2 * (quorum.needed - 1)).toBeLessThanOrEqual(quorum.members);
        expect(quorum.reachable - quorum.margin).toBe(quorum.needed);
      }),
    );
  });
});

describe("wantedNodes", () => {
  const sizes = (...groups: readonly string[]) => groups.map((group) => ({ group, desired: 1 }));

  test("gives the slots in their order, which is not that of the groups' names", () => {
    const groups = sizes("apps-manager-10", "apps-manager-2", "apps-manager-0");
    expect(wantedNodes("apps", groups).slots).toEqual([0, 2, 10]);
  });

  test("takes no group for a slot's that merely ends in a number", () => {
    expect(wantedNodes("apps", sizes("apps-manager-0", "apps-manager-old-1")).slots).toEqual([0]);
  });
});

describe("clusterStatus", () => {
  const reader = {
    getCluster: async () => cluster(three),
    getSlot: async () => undefined,
    scanNodes: async () => none,
  };
  const sizes = { of: async () => [] };

  test("asks EC2 about the managers, and them alone", async () => {
    // GIVEN
    const asked: (readonly string[])[] = [];
    const states = async (ids: readonly string[]): Promise<InstanceStates> => {
      asked.push(ids);
      return new Map([["i-m1", "stopped"]]);
    };
    const record = cluster([...three, worker("general", 1)]);
    const scanNodes = async () => ({ ...none, slots: [slotRecord(1), slotRecord(2, { instanceId: "i-new" })] });
    // WHEN
    const status = await clusterStatus(
      { reader: { ...reader, getCluster: async () => record, scanNodes }, instances: { states }, sizes },
      APPS,
    );
    // THEN
    expect(asked).toEqual([["i-m0", "i-m1", "i-m2", "i-new"]]);
    expect(texts(status)).toContain("manager-1 is lost: its instance i-m1 is stopped");
  });

  test("does without EC2 where the operator may not ask it, and says so", async () => {
    const states = () => Promise.reject(new Error("not authorized to perform ec2:DescribeInstances"));
    const status = await clusterStatus({ reader, instances: { states }, sizes }, APPS);
    expect(status.instancesUnknown).toContain("not authorized to perform ec2:DescribeInstances");
    expect(texts(status)).toEqual([]);
  });

  test("does without Auto Scaling where the operator may not ask it, and says so", async () => {
    // GIVEN
    const denied = { of: () => Promise.reject(new Error("not authorized to perform autoscaling:Describe")) };
    const instances = { states: async () => new Map() };
    // WHEN
    const status = await clusterStatus({ reader, instances, sizes: denied }, APPS);
    // THEN
    expect(status.sizesUnknown).toBe(
      "Auto Scaling was not heard on how many nodes there must be: not authorized to perform autoscaling:Describe",
    );
    expect(texts(status)).toEqual([]);
  });

  test("says which credentials to set where there are none", async () => {
    // GIVEN
    const none = Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
    const alone = { ...reader, getCluster: () => Promise.reject(none) };
    // WHEN
    const asked = clusterStatus({ reader: alone, instances: { states: async () => new Map() }, sizes }, APPS);
    // THEN
    await expect(asked).rejects.toMatchObject({
      code: "NoCredentials",
      message:
        "no AWS credentials were found, so that AWS was not asked (Could not load credentials): set AWS_PROFILE, " +
        "after `aws sso login` where it needs one, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  });

  test("says that a cluster is not deployed when its registry is missing", async () => {
    const missing = Object.assign(new Error("not found"), { name: "ResourceNotFoundException" });
    const absent = { ...reader, getCluster: () => Promise.reject(missing) };
    await expect(
      clusterStatus({ reader: absent, instances: { states: async () => new Map() }, sizes }, APPS),
    ).rejects.toMatchObject({
      code: "NotDeployed",
    });
  });
});
