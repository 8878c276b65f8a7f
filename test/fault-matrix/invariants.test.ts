import { describe, expect, test } from "vitest";
import { judge } from "../lab/faults/invariants/judge";
import { engine, manager, sample, worker } from "./given";

describe("what the lab's invariants see", () => {
  test("fails when a swarm that forms, is ready and loses a dead manager is not left alone", () => {
    const gone = { "i-2": { state: "terminated" } };
    const dead = { "i-2": undefined };
    const tombstones = [{ nodeId: "node-2", clusterId: "cluster-a", state: "removing" as const }];
    const history = [
      sample({ cluster: { phase: "initializing", clusterId: undefined } }),
      sample({ cluster: { phase: "forming" } }),
      sample(),
      sample({ members: [manager(0), manager(1), manager(2, "unreachable")], instances: gone, engines: dead }),
      sample({ members: [manager(0), manager(1)], instances: gone, engines: dead, tombstones }),
    ];

    expect(judge(history)).toEqual([]);
  });

  test("V1: fails when a second ready cluster of one life goes unseen", () => {
    const history = [sample(), sample({ cluster: { clusterId: "cluster-b", epoch: 2 }, token: "cluster-b" })];

    expect(judge(history)).toContainEqual(expect.stringMatching(/^V1: cluster-a and cluster-b were ready/));
  });

  test.each([
    ["epoch", { epoch: 0 }],
    ["generation", { generation: -1 }],
    ["tokenIndex", { tokenIndex: 9 }],
  ])("V1: fails when a falling %s goes unseen", (field, cluster) => {
    expect(judge([sample(), sample({ cluster })])).toEqual([expect.stringContaining(`V1: ${field} fell`)]);
  });

  test("V1: fails when a ready cluster may be forming again", () => {
    expect(judge([sample(), sample({ cluster: { phase: "forming" } })])).toEqual([
      "V1: the phase went from ready back to forming",
    ]);
  });

  test("V2: fails when leaders of two published clusters go unseen", () => {
    const other = engine("node-1", { clusterId: "cluster-b", members: [{ ...manager(0), nodeId: "node-1" }] });
    const history = [
      sample({
        cluster: { phase: "forming", clusterId: "cluster-b" },
        token: "cluster-b",
        engines: { "i-0": undefined },
      }),
      sample({ engines: { "i-1": other } }),
    ];

    expect(judge(history)).toContainEqual(expect.stringMatching(/V2: cluster-a and cluster-b both have a leader/));
  });

  test("V3: fails when a node that left without a ground goes unseen", () => {
    const history = [sample(), sample({ engines: { "i-9": { state: "inactive", replicas: [] } } })];

    expect(judge(history)).toEqual([expect.stringMatching(/V3: general-0 left the swarm as node-9/)]);
  });

  test.each([
    ["it was removed", { tombstones: [{ nodeId: "node-9", clusterId: "cluster-a", state: "removed" as const }] }],
    ["it terminates", { instances: { "i-9": { lifecycleState: "Terminating:Wait" } } }],
    ["EC2 takes it back", { instances: { "i-9": { spotAction: { action: "terminate" } } } }],
  ])("V3: fails when a node may not leave although %s", (_, ground) => {
    const members = [manager(0), manager(1), manager(2), worker("node-9")];
    const history = [
      sample({ members }),
      sample({ members, engines: { "i-9": { state: "inactive", replicas: [] } }, ...ground }),
    ];

    expect(judge(history)).toEqual([]);
  });

  test("V3: fails when a node may not leave a swarm that was abandoned before its leader listed it", () => {
    const abandoned = { phase: "initializing", epoch: 2, clusterId: undefined, abandoned: ["cluster-a"] } as const;
    const left = { "i-9": { state: "inactive", replicas: [] } } as const;

    const faults = judge([sample(), sample({ engines: left, cluster: abandoned })]);

    expect(faults.filter((fault) => fault.includes("V3"))).toEqual([]);
  });

  test("V3: fails when a dockerd that starts and does not say who it is counts as gone", () => {
    expect(judge([sample(), sample({ engines: { "i-9": { state: "pending", replicas: [] } } }), sample()])).toEqual([]);
  });

  test("V4: fails when a slot's second Raft member goes unseen", () => {
    const members = [manager(0), manager(1), manager(2), { ...manager(3), nodeId: "node-3" }];
    const successor = { "i-2": engine("node-3", { clusterId: "cluster-a" }) };
    const history = [sample(), sample({ members, engines: successor })];

    expect(judge(history)).toEqual([
      expect.stringContaining("V3: manager-2 left"),
      expect.stringContaining("V4: slot 2 has two Raft members"),
      expect.stringContaining("V4: 4 Raft members for 3 slots"),
    ]);
  });

  test("V5: fails when a removal that takes the margin goes unseen", () => {
    const gone = { "i-1": { state: "terminated" } };
    const tombstones = [{ nodeId: "node-1", clusterId: "cluster-a", state: "removing" as const }];
    const members = [manager(0), manager(1), manager(2, "unreachable")];
    const history = [sample({ members }), sample({ members: [manager(0), manager(2)], instances: gone, tombstones })];

    expect(judge(history)).toEqual([expect.stringMatching(/V5: .*node-1.* margin fell from 0 to -1/)]);
  });

  test("V5, V6: fails when a slot that is to be retired may not give up its living manager", () => {
    const slots = [{ slot: 2, instanceId: "i-2", retire: "remove" as const }];
    const tombstones = [{ nodeId: "node-2", clusterId: "cluster-a", state: "removing" as const }];
    const history = [sample({ slots }), sample({ slots, tombstones, members: [manager(0), manager(1)] })];

    expect(judge(history)).toEqual([]);
  });

  test("V3, V5: fails when a manager may not start the swarm again alone, in none for a moment, as an operator asks", () => {
    const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
    const recovering = { phase: "recovering", generation: 1, recovery } as const;
    const out = { "i-0": { state: "inactive", replicas: [] } } as const;
    const alone = { members: [manager(0), worker("node-1"), worker("node-2")] };
    const history = [
      sample(),
      sample({ cluster: recovering, engines: out }),
      sample({ cluster: recovering, ...alone }),
      sample({ cluster: { generation: 1 }, ...alone }),
    ];

    expect(judge(history)).toEqual([]);
    expect(judge([sample(), sample({ engines: out })])).toEqual([expect.stringMatching(/V3: manager-0 left/)]);
    expect(judge([sample(), sample(alone)])).toEqual([expect.stringMatching(/V5: .* margin fell from 1 to 0/)]);
  });

  test("V6: fails when the removal of a node that lives, or that was not announced, goes unseen", () => {
    const before = [manager(0), manager(1), manager(2), worker("node-9")];
    const history = [sample({ members: before }), sample()];

    expect(judge(history)).toEqual([
      expect.stringContaining("V6: node-9 was removed without a tombstone"),
      expect.stringContaining("V6: node-9 was removed, and its instance i-9 lives"),
    ]);
  });

  test("V7: fails when a token of another cluster that stays goes unseen", () => {
    expect(judge([sample({ token: "cluster-b" }), sample({ token: "cluster-b" })])).toEqual([
      "V7: the token is of cluster-b, the cluster is cluster-a",
    ]);
  });

  test("V8: fails when a node id that runs on two instances goes unseen", () => {
    expect(judge([sample({ engines: { "i-9": engine("node-2") } })])).toEqual([
      expect.stringMatching(/V8: node-2 ran on/),
    ]);
  });

  test.each([
    ["there is no registry", "absent" as const],
    ["the cluster is destroyed", { phase: "destroying" as const }],
  ])("V11: fails when a member that comes while %s goes unseen", (_, cluster) => {
    const members = [manager(0), manager(1), manager(2), worker("node-9")];
    const history = [sample({ cluster }), sample({ cluster }), sample({ cluster, members })];

    expect(judge(history)).toEqual([expect.stringContaining("V11: the members changed")]);
  });
});
