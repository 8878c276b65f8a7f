import { describe, expect, it } from "vitest";
import type { Memory } from "../../../lib/agent/memory";
import type { DockerView, Observation } from "../../../lib/agent/model";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import type { NodeState } from "../../../lib/registry/records";
import { managerSettings, workerSettings } from "../../support/simulation/settings";
import {
  clusterRecord,
  decided,
  manager,
  memory,
  NOW,
  OUTSIDE,
  observation,
  publishedRecord,
  said,
  seen,
  slotRecord,
} from "./given";

/** A name, what is seen and remembered, and what the node then says: its state, its step and its error. */
type Row = readonly [string, Partial<Observation>, Partial<Memory>, readonly [NodeState, string, string?]];

const READY = { cluster: seen(publishedRecord()) };
const MEMBER = { member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "w1" } };
const initializing = (owner: string) => seen(clusterRecord({ phase: "initializing", owner, epoch: 1 }));
const engine = (status: Partial<DockerView["status"]>, view: Omit<Partial<DockerView>, "status"> = {}) =>
  seen<DockerView>({ status: { state: "active", controlAvailable: false, nodeId: "w1", ...status }, ...view });
const answering = { state: "active", controlAvailable: true, clusterId: "c1" } as const;
const member = (status: Partial<DockerView["status"]>, view: Omit<Partial<DockerView>, "status"> = {}) => ({
  ...READY,
  markers: MEMBER,
  docker: engine(status, view),
});
const BASE = { schema: 1, minWriter: 1, writeId: "w", updatedAt: "" } as const;
const grave = { ...BASE, nodeId: "w1", clusterId: "c1", state: "removed" } as const;

/** Says row by row what a node of these settings must say. */
function says(settings: NodeSettings, rows: readonly Row[]): void {
  it.each(rows)("%s", (_, given, remembered, [state, step, error]) => {
    // WHEN
    const report = said(observation(given), memory(remembered), settings);
    // THEN
    expect({ state: report.state, step: report.step, error: report.error }).toEqual({ state, step, error });
  });
}

describe("a node that must keep out says why:", () => {
  const rows: readonly Row[] = [
    ["dockerd is kept down", { refusal: "its log is old" }, {}, ["failed", "dockerd is kept down", "its log is old"]],
    [
      "the registry does not answer",
      { cluster: undefined, registryError: "Throttling" },
      {},
      ["waiting", "reading the registry", "Throttling"],
    ],
    [
      "there is no record",
      { cluster: seen(undefined) },
      {},
      ["waiting", "waiting for the cluster record", 'table apps-registry has no record "cluster"'],
    ],
    [
      "the registry is of another life of the cluster",
      { cluster: seen(clusterRecord({ nonce: "nonce-0" })) },
      {},
      [
        "failed",
        "neither founding nor joining",
        "the registry is of another life of the cluster (nonce nonce-0, this node has nonce-1)",
      ],
    ],
    [
      "newer agents write the registry",
      { cluster: seen(clusterRecord({ minWriter: 9 })) },
      {},
      ["waiting", "observing only", "the registry is written by newer agents (schema 9, this one knows 1)"],
    ],
    [
      "the cluster is being destroyed",
      { cluster: seen(publishedRecord({ phase: "destroying" })) },
      {},
      ["waiting", "the cluster is being destroyed"],
    ],
    [
      "an operator recovers the cluster",
      { cluster: seen(publishedRecord({ phase: "recovering" })) },
      {},
      ["waiting", "an operator recovers the cluster"],
    ],
    [
      "dockerd does not answer",
      { ...READY, docker: undefined, dockerError: "connect ENOENT" },
      {},
      ["booting", "waiting for dockerd", "connect ENOENT"],
    ],
  ];
  says(managerSettings(0), rows);
});

describe("a worker that joins says how far it is:", () => {
  const refused = { failures: 1, notBefore: NOW + 1, error: "refused" };
  const rows: readonly Row[] = [
    ["the managers have not formed the cluster", {}, {}, ["waiting", "waiting for the managers"]],
    [
      "the registry lists no manager yet",
      { cluster: seen(publishedRecord({ managers: [] })) },
      {},
      ["waiting", "waiting for the managers", "the registry lists no manager yet"],
    ],
    ["it has not reported yet", READY, { reported: undefined }, ["joining", "joining the swarm"]],
    [
      "its turn has not come",
      READY,
      { joinableSince: NOW, attempts: { join: refused } },
      ["joining", "waiting for its turn to join", "refused"],
    ],
    ["it asks a manager", READY, { joinableSince: NOW - 3_600_000 }, ["joining", "joining the swarm"]],
    ["dockerd is at it", { ...READY, busy: { kind: "join", since: NOW } }, {}, ["joining", "join"]],
  ];
  says(workerSettings(), rows);
});

describe("a manager that has no swarm says what it waits for:", () => {
  const rows: readonly Row[] = [
    ["nothing", {}, {}, ["claiming", "claiming the cluster"]],
    [
      "another claim",
      {},
      { claimPause: { until: NOW + 1, reason: "another manager was faster" } },
      ["waiting", "waiting before another claim", "another manager was faster"],
    ],
    ["the claimer", { cluster: initializing("i-1") }, {}, ["waiting", "waiting for i-1 to found the swarm"]],
    [
      "dockerd, which is in a swarm",
      { docker: engine({ state: "error" }) },
      {},
      ["failed", "not claiming the cluster", "dockerd is error in a swarm this agent did not found"],
    ],
    [
      "an operator, for the cluster's record was seeded anew",
      { markers: MEMBER },
      {},
      [
        "failed",
        "not claiming the cluster",
        "this node was in cluster c1, and the cluster's record knows nothing of it: " +
          "restore the registry table, or destroy the environment and deploy it again",
      ],
    ],
    [
      "nothing: the cluster it was in was abandoned",
      { markers: MEMBER, cluster: seen(clusterRecord({ abandoned: ["c1"] })) },
      {},
      ["claiming", "claiming the cluster"],
    ],
    ["dockerd, which is busy", { busy: { kind: "leave", since: NOW } }, {}, ["waiting", "waiting for leave to end"]],
    [
      "the new swarm's own answer",
      {
        cluster: initializing("i-0"),
        docker: engine({ ...answering, clusterId: "c9" }),
        markers: { founder: { nonce: "nonce-1", instanceId: "i-0", epoch: 1 } },
      },
      {},
      ["claiming", "reading the new swarm"],
    ],
    [
      "nothing: its slot is retired",
      { ...READY, slot: seen(slotRecord(0, { nodeId: undefined, retire: "remove" })) },
      {},
      ["retired", "out of the swarm: slot 0 is retired"],
    ],
  ];
  says(managerSettings(0), rows);
  says(managerSettings(1), [
    ["slot 0", {}, { unclaimedSince: NOW - 1 }, ["waiting", "waiting for slot 0 to claim the cluster"]],
  ]);
});

describe("the manager that a cluster is recovered from says how far it is:", () => {
  const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
  const recovering = {
    cluster: seen(publishedRecord({ phase: "recovering", generation: 1, recovery })),
    markers: MEMBER,
  };
  says(managerSettings(0), [
    [
      "it starts the swarm again",
      { ...recovering, docker: engine({ state: "pending" }) },
      { attempts: { "force-new-cluster": { failures: 1, notBefore: NOW, error: "no state" } } },
      ["claiming", "starting the swarm again from this manager alone", "no state"],
    ],
  ]);
});

describe("a worker of the swarm says how it is:", () => {
  const rows: readonly Row[] = [
    ["well", member({}), {}, ["ready", "worker of the swarm"]],
    [
      "not connected yet",
      member({ state: "pending", error: "no route" }),
      {},
      ["joining", "waiting for dockerd to reach the swarm", "no route"],
    ],
    ["ill", member({ state: "error", error: "x509" }), {}, ["failed", "dockerd cannot reach the swarm", "x509"]],
    [
      "ill, and dockerd says no more",
      member({ state: "error" }),
      {},
      ["failed", "dockerd cannot reach the swarm", "see journalctl -u docker"],
    ],
    [
      "in a swarm that it cannot name",
      { ...READY, docker: engine({}) },
      {},
      ["joined", "in a swarm", "this node cannot tell which swarm it is in"],
    ],
  ];
  says(workerSettings(), rows);
});

describe("a manager of the swarm says how it is:", () => {
  const unheard = manager(1, { manager: { leader: false, reachability: "unknown" } });
  const rows: readonly Row[] = [
    ["well", member(answering, { self: manager(1) }), {}, ["ready", "manager of the swarm"]],
    ["not promoted yet", member({}), {}, ["joined", "waiting for the leader to promote this node"]],
    [
      "without a quorum",
      member(answering, { controlError: "no quorum" }),
      {},
      ["joined", "manager without an answer from the swarm", "no quorum"],
    ],
    ["unheard", member(answering, { self: unheard }), {}, ["joined", "waiting to be reached by the other managers"]],
    [
      "locked",
      member({ state: "locked" }),
      {},
      ["failed", "the swarm is locked", "an operator must unlock the managers: docker swarm unlock"],
    ],
  ];
  says(managerSettings(0), rows);
});

describe("a node that leaves says why:", () => {
  const abandoned = seen(publishedRecord({ clusterId: "c2", abandoned: ["c1"] }));
  const rows: readonly Row[] = [
    [
      "it was removed",
      { ...member({ state: "error" }), tombstone: seen(grave) },
      {},
      ["leaving", "leaving its swarm", "the leader removed this node"],
    ],
    [
      "its cluster was abandoned",
      { ...member({ state: "error" }), cluster: abandoned },
      {},
      ["leaving", "leaving its swarm", "cluster c1 was abandoned before it was ready"],
    ],
    [
      "it got no certificate",
      { ...READY, hasCertificate: false, docker: engine({ state: "pending", nodeId: undefined }) },
      { stuckSince: NOW - 60_000 },
      ["leaving", "leaving its swarm", "the manager it asked gave no certificate within 60 seconds"],
    ],
    [
      "its instance terminates",
      { ...member({}), terminating: true },
      { terminatingSince: NOW - 240_000 },
      ["leaving", "leaving its swarm", "the instance terminates"],
    ],
  ];
  says(workerSettings(), rows);
});

describe("a lifecycle hook is completed with its reason:", () => {
  const launching = { launch: { done: false, missed: 0, notBefore: 0 } };
  const reasons = (given: Partial<Observation>, remembered: Partial<Memory>) =>
    decided(observation(given), memory(remembered), workerSettings())
      .filter(({ kind }) => kind === "complete-hook")
      .map(({ reason }) => reason);

  it.each<readonly [string, Partial<Observation>, Partial<Memory>]>([
    ["the node is Ready in the swarm", member({}), launching],
    ["the cluster is being destroyed", { cluster: seen(publishedRecord({ phase: "destroying" })) }, launching],
    [
      "the cluster is being destroyed",
      { cluster: seen(publishedRecord({ phase: "destroying" })), terminating: true },
      {},
    ],
    ["the node is drained", { ...READY, docker: seen(OUTSIDE), terminating: true }, { terminatingSince: NOW }],
    ["the node is drained", { ...member({}), terminating: true }, { terminatingSince: NOW - 240_000 }],
  ])("%s", (reason, given, remembered) => {
    expect(reasons(given, remembered)).toEqual([reason]);
  });

  it("not before a worker that terminates has left, or time is up", () => {
    expect(reasons({ ...member({}), terminating: true }, { terminatingSince: NOW - 239_999 })).toEqual([]);
    expect(reasons({ ...member({}), terminating: true }, { terminatingSince: undefined })).toEqual([]);
  });

  it("and a failure is among what the node tells", () => {
    // GIVEN
    const launch = { done: false, missed: 1, notBefore: NOW + 1, error: "Throttling" };
    // WHEN / THEN
    expect(said(observation(member({})), memory({ launch }), workerSettings()).reasons).toEqual(["Throttling"]);
    expect(said(observation(member({})), memory(), workerSettings()).reasons).toEqual([]);
  });
});
