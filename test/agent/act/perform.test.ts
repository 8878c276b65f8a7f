import { beforeEach, describe, expect, it } from "vitest";
import { perform } from "../../../lib/agent/act/act";
import type { ActContext } from "../../../lib/agent/act/context";
import type { Action, ActionDetail } from "../../../lib/agent/model";
import type { Docker, Markers } from "../../../lib/agent/ports";
import { recordKey } from "../../../lib/registry/records";
import { SimulatedRegistry } from "../../support/simulation/registry";
import { managerSettings } from "../../support/simulation/settings";
import { candidate, publishedRecord, SWARM, slotRecord } from "../decide/given";

const MEMBERSHIP = { clusterId: "c1", generation: 0 };
const TOKEN = "SWMTKN-1-worker";

let registry: SimulatedRegistry;
let markers: Markers;
/** What dockerd was asked to do, in order. */
let done: string[];
let now: number;
/** What happens while the registry is asked. */
let meanwhile: () => void;
let certificate: boolean;
let context: ActContext;

beforeEach(() => {
  registry = new SimulatedRegistry();
  markers = {};
  done = [];
  now = 0;
  meanwhile = () => {};
  certificate = true;
  const does = (what: string) => async () => void done.push(what);
  const docker: Docker = {
    status: async () => ({ state: "active", controlAvailable: true }),
    node: async () => candidate(0),
    nodes: async () => [],
    swarm: async () => SWARM,
    workerToken: async () => ({ token: TOKEN, clusterId: "c1", version: 11 }),
    runningContainers: async () => 0,
    init: async () => void done.push(`init with marker ${markers.founder?.epoch}`),
    forceNewCluster: async ({ address }) => void done.push(`force new cluster at ${address}`),
    join: async ({ manager, token }) =>
      void done.push(`join ${manager} ${token} with marker ${markers.member?.clusterId}`),
    leave: does("leave"),
    updateNode: async (id, version, change) => void done.push(`update ${id}@${version} ${JSON.stringify(change)}`),
    removeNode: async (id, options) => void done.push(`remove ${id}${options?.force === true ? " by force" : ""}`),
  };
  context = {
    settings: managerSettings(0),
    self: { instanceId: "i-0", address: "10.0.0.1", availabilityZone: "eu-west-1a" },
    clock: { now: () => now, wallTime: () => 0, sleep: async () => {} },
    registry: registry.port(() => meanwhile()),
    docker,
    slotGroups: {
      replace: async (instanceId) => {
        done.push(`replace ${instanceId}`);
        return "done";
      },
    },
    hooks: { complete: async () => "no active action", extend: async () => "done" },
    store: {
      markers: async () => markers,
      save: async (change) => {
        markers = { ...markers, ...change };
      },
      hasCertificate: async () => certificate,
      refusal: async () => undefined,
    },
  };
});

const act = (detail: ActionDetail, expiresAt = 10_000) =>
  perform(context, { ...detail, reason: "", expiresAt } as Action);
const cluster = (overrides: Parameters<typeof publishedRecord>[0]) =>
  registry.put(recordKey.cluster, { ...publishedRecord(overrides) });
const token = (overrides = {}) =>
  registry.put(recordKey.workerToken, { token: TOKEN, clusterId: "c1", generation: 0, tokenIndex: 10, ...overrides });

describe("an action", () => {
  it("is not done once it has expired", async () => {
    // GIVEN
    cluster({});
    now = 10_000;
    // WHEN / THEN
    expect(await act({ kind: "label", nodeId: "n1", version: 1, labels: {} })).toMatchObject({ result: "expired" });
    expect(done).toEqual([]);
  });

  it("that fails says by what, and does not reject", async () => {
    // GIVEN
    const docker = { ...context.docker, updateNode: () => Promise.reject(new Error("update out of sequence")) };
    context = { ...context, docker };
    // WHEN / THEN
    expect(await act({ kind: "label", nodeId: "n1", version: 1, labels: {} })).toMatchObject({
      result: "failed",
      detail: "update out of sequence",
    });
  });
});

describe("swarm init", () => {
  const init = () => act({ kind: "init", epoch: 1 });

  it("is done by the holder of the claim, with the marker on disk", async () => {
    // GIVEN
    cluster({ phase: "initializing", owner: "i-0", epoch: 1 });
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "done" });
    expect(done).toEqual(["init with marker 1"]);
  });

  it.each([
    ["the claim was stolen", { phase: "initializing", owner: "i-9", epoch: 2 }],
    ["the claim was stolen and won back", { phase: "initializing", owner: "i-0", epoch: 3 }],
    ["the cluster was published by another", { phase: "forming", owner: "i-0", epoch: 1 }],
    [
      "the record is of another life of the cluster",
      { phase: "initializing", owner: "i-0", epoch: 1, nonce: "nonce-0" },
    ],
  ] as const)("is not done when %s, and leaves no proof of it", async (_, record) => {
    // GIVEN
    cluster(record);
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
    expect(markers.founder).toBeUndefined();
  });

  it("is not done when the check itself took too long", async () => {
    // GIVEN
    cluster({ phase: "initializing", owner: "i-0", epoch: 1 });
    meanwhile = () => {
      now = 10_000;
    };
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "expired" });
    expect(done).toEqual([]);
  });
});

describe("the publication", () => {
  const publish = () => act({ kind: "publish", epoch: 1, clusterId: "c1", nodeId: "n0" });

  it("writes phase, manager and token together", async () => {
    // GIVEN
    cluster({ phase: "initializing", owner: "i-0", epoch: 1, clusterId: undefined });
    // WHEN
    await publish();
    // THEN
    expect(registry.cluster).toMatchObject({
      phase: "forming",
      clusterId: "c1",
      tokenIndex: 11,
      managers: [{ slot: 0, nodeId: "n0" }],
    });
    const stored = registry.items.get(recordKey.workerToken);
    expect(stored).toMatchObject({ token: TOKEN, clusterId: "c1", generation: 0, tokenIndex: 11 });
    expect(stored?.["writeId"]).toBe(registry.cluster.writeId);
  });

  it.each([
    ["stolen", { owner: "i-9", epoch: 2 }],
    ["given up", { phase: "unclaimed", owner: undefined }],
  ] as const)("writes nothing once the claim was %s", async (_, record) => {
    // GIVEN
    cluster({ phase: "initializing", epoch: 1, clusterId: undefined, ...record });
    // WHEN / THEN
    expect(await publish()).toMatchObject({ result: "refused" });
    expect(registry.items.has(recordKey.workerToken)).toBe(false);
  });
});

describe("a claim", () => {
  const claimed = { phase: "initializing", owner: "i-9", epoch: 1, renewal: 4, clusterId: undefined } as const;

  it("is taken over as it was seen", async () => {
    // GIVEN
    cluster(claimed);
    // WHEN
    await act({ kind: "steal", epoch: 1, renewal: 4 });
    // THEN
    expect(registry.cluster).toMatchObject({ owner: "i-0", epoch: 2, renewal: 0 });
  });

  it.each([
    ["renewed", { renewal: 5 }],
    ["won by a third", { epoch: 2 }],
    ["turned into a cluster", { phase: "forming" }],
  ] as const)("is not taken over once it was %s", async (_, record) => {
    // GIVEN
    cluster({ ...claimed, ...record });
    // WHEN / THEN
    expect(await act({ kind: "steal", epoch: 1, renewal: 4 })).toMatchObject({ result: "refused" });
    expect(registry.cluster.owner).toBe("i-9");
  });

  it("is not made while a slot names a node of an earlier swarm", async () => {
    // GIVEN
    cluster({ phase: "unclaimed", epoch: 0 });
    registry.put(recordKey.slot(6), { ...slotRecord(6) });
    // WHEN / THEN
    expect(await act({ kind: "claim", epoch: 0 })).toMatchObject({ result: "refused", detail: "refused by slot#6" });
  });
});

describe("a join", () => {
  const join = () => act({ kind: "join", manager: "10.0.0.1", ...MEMBERSHIP });

  it("takes the token as it is stored now, with the marker on disk", async () => {
    // GIVEN
    cluster({});
    token({ token: "SWMTKN-1-rotated" });
    // WHEN
    await join();
    // THEN
    expect(done).toEqual(["join 10.0.0.1 SWMTKN-1-rotated with marker c1"]);
  });

  it.each([
    ["the token is of another cluster", {}, { clusterId: "c0" }],
    ["the token is of another generation", {}, { generation: 1 }],
    ["the cluster is another one by now", { clusterId: "c2" }, {}],
    ["the cluster is of a later generation by now", { generation: 1 }, {}],
    ["the cluster is being destroyed", { phase: "destroying" }, {}],
    ["the record is of another life of the cluster", { nonce: "nonce-0" }, {}],
  ] as const)("is not done when %s", async (_, record, stored) => {
    // GIVEN
    cluster(record);
    token(stored);
    // WHEN / THEN
    expect(await join()).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
  });
});

describe("a leave", () => {
  const grave = (overrides = {}) =>
    registry.put(recordKey.removing("n0"), { nodeId: "n0", clusterId: "c1", state: "removed", ...overrides });
  const leave = (ground: "removed" | "abandoned" | "unpublished" | "no certificate", clusterId = "c1") =>
    act({ kind: "leave", ground, clusterId, nodeId: "n0" });

  it("is done while its ground holds, and takes the markers with it", async () => {
    // GIVEN
    grave();
    markers = { member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "n0" } };
    // WHEN
    await leave("removed");
    // THEN
    expect(done).toEqual(["leave"]);
    expect(markers.member).toBeUndefined();
  });

  it.each([
    ["removed", () => grave({ state: "removing" })],
    ["removed", () => grave({ clusterId: "c0" })],
    ["removed", () => {}],
    ["abandoned", () => cluster({ abandoned: [] })],
    ["abandoned", () => cluster({ abandoned: ["c1"], nonce: "nonce-0" })],
    ["unpublished", () => cluster({ clusterId: "c1" })],
    ["unpublished", () => cluster({ clusterId: "c2", phase: "initializing" })],
    ["no certificate", () => {}],
  ] as const)("is not done when the node is no longer %s (case %#)", async (ground, given) => {
    // GIVEN
    given();
    // WHEN / THEN
    expect(await leave(ground)).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
  });

  it.each([
    ["abandoned", () => cluster({ abandoned: ["c1"] })],
    ["unpublished", () => cluster({ clusterId: "c2" })],
  ] as const)("is done when the swarm is %s", async (ground, given) => {
    // GIVEN
    given();
    // WHEN / THEN
    expect(await leave(ground)).toMatchObject({ result: "done" });
  });
});

describe("a promotion", () => {
  const promote = () =>
    act({
      kind: "promote",
      slot: 1,
      instanceId: "i-1",
      nodeId: "n1",
      version: 5,
      labels: { slot: "1" },
      ...MEMBERSHIP,
    });

  it("is done with the labels, in one write", async () => {
    // GIVEN
    cluster({});
    registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await promote();
    // THEN
    expect(done).toEqual(['update n1@5 {"role":"manager","labels":{"slot":"1"}}']);
  });

  it.each([
    ["another instance holds the slot", {}, { instanceId: "i-new" }],
    ["the slot names another node", {}, { nodeId: "n9" }],
    ["the cluster is of a later generation", { generation: 1 }, {}],
    ["the cluster is being destroyed", { phase: "destroying" }, {}],
    ["an operator recovers the cluster", { phase: "recovering" }, {}],
  ] as const)("is not done when %s by now", async (_, record, slot) => {
    // GIVEN
    cluster(record);
    registry.put(recordKey.slot(1), { ...slotRecord(1, slot) });
    // WHEN / THEN
    expect(await promote()).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
  });
});

describe("a removal", () => {
  it.each([
    ["demote", { nodeId: "n1", version: 5 }],
    ["remove", { nodeId: "n1" }],
    ["drain", { nodeId: "n1", version: 5 }],
    ["bury", { nodeId: "n1" }],
  ] as const)("does not %s once the cluster is being destroyed", async (kind, fields) => {
    // GIVEN
    cluster({ phase: "destroying" });
    // WHEN / THEN
    expect(await act({ kind, ...fields, ...MEMBERSHIP } as ActionDetail)).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
    expect(registry.items.has(recordKey.removing("n1"))).toBe(false);
  });

  it("is told to the node in its tombstone once it is done", async () => {
    // GIVEN
    cluster({});
    // WHEN
    await act({ kind: "remove", nodeId: "n1", ...MEMBERSHIP });
    // THEN
    expect(done).toEqual(["remove n1"]);
    expect(registry.items.get(recordKey.removing("n1"))).toMatchObject({ state: "removed", clusterId: "c1" });
  });
});

describe("a change of membership for a retirement", () => {
  const retiring = { slot: 1, instanceId: "i-1" };

  it("removes a node that is up", async () => {
    // GIVEN
    cluster({});
    registry.put(recordKey.slot(1), { ...slotRecord(1, { retire: "replace" }) });
    // WHEN
    await act({ kind: "remove", nodeId: "n1", retiring, ...MEMBERSHIP });
    // THEN
    expect(done).toEqual(["remove n1 by force"]);
  });

  it.each([
    ["the request was taken back", slotRecord(1)],
    ["the slot has another instance", slotRecord(1, { instanceId: "i-new", retire: "replace" })],
  ])("is not made when %s", async (_, slot) => {
    // GIVEN
    cluster({});
    registry.put(recordKey.slot(1), { ...slot });
    const fields = { nodeId: "n1", version: 1, retiring, ...MEMBERSHIP };
    // WHEN / THEN
    for (const kind of ["drain", "demote", "bury", "remove"] as const) {
      expect(await act({ kind, ...fields })).toMatchObject({ result: "refused" });
    }
    expect(done).toEqual([]);
  });
});

describe("the replacement of a slot's instance", () => {
  const replace = () => act({ kind: "replace", slot: 1, instanceId: "i-1", ...MEMBERSHIP });

  it("is Auto Scaling's to do", async () => {
    // GIVEN
    cluster({});
    registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await replace();
    // THEN
    expect(done).toEqual(["replace i-1"]);
  });

  it.each([
    ["the slot has a successor", {}, slotRecord(1, { instanceId: "i-new" })],
    ["the cluster is being destroyed", { phase: "destroying" }, slotRecord(1)],
    ["the cluster was recovered meanwhile", { generation: 1 }, slotRecord(1)],
  ] as const)("is not asked for when %s", async (_, record, slot) => {
    // GIVEN
    cluster(record);
    registry.put(recordKey.slot(1), { ...slot });
    // WHEN / THEN
    expect(await replace()).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
  });
});

describe("the retirement of a slot", () => {
  const retire = () => act({ kind: "retire-slot", slot: 1, instanceId: "i-1", why: "it is ill", ...MEMBERSHIP });

  it("is written down with its reason", async () => {
    // GIVEN
    cluster({});
    registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await retire();
    // THEN
    expect(registry.items.get(recordKey.slot(1))).toMatchObject({ retire: "replace", retireReason: "it is ill" });
  });

  it.each([
    ["an operator's is there already", {}, slotRecord(1, { retire: "remove" })],
    ["the slot has another instance", {}, slotRecord(1, { instanceId: "i-new" })],
    ["the cluster is being destroyed", { phase: "destroying" }, slotRecord(1)],
  ] as const)("is not written when %s", async (_, record, slot) => {
    // GIVEN
    cluster(record);
    registry.put(recordKey.slot(1), { ...slot });
    // WHEN / THEN
    expect(await retire()).toMatchObject({ result: "refused" });
  });
});

describe("the recovery of a swarm", () => {
  const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
  const recovering = (overrides = {}) => cluster({ phase: "recovering", generation: 1, recovery, ...overrides });
  const force = () => act({ kind: "force-new-cluster", clusterId: "c1", generation: 1 });

  it("starts the swarm again from this manager, and leaves a marker of the generation", async () => {
    // GIVEN
    recovering();
    // WHEN
    await force();
    // THEN
    expect(done).toEqual(["force new cluster at 10.0.0.1"]);
    expect(markers.member).toMatchObject({ clusterId: "c1", generation: 1 });
  });

  it.each([
    ["it was called off", { phase: "ready" }],
    ["another manager was chosen", { recovery: { ...recovery, instanceId: "i-9" } }],
    ["a later one was begun", { generation: 2 }],
  ])("is not done when %s", async (_, record) => {
    // GIVEN
    recovering(record);
    // WHEN / THEN
    expect(await force()).toMatchObject({ result: "refused" });
    expect(done).toEqual([]);
  });

  it("ends with a ready cluster of one manager, its token of the new generation, and no trace of the request", async () => {
    // GIVEN
    recovering();
    token({ tokenIndex: 99 });
    // WHEN
    await act({ kind: "publish-recovery", nodeId: "n0", clusterId: "c1", generation: 1 });
    // THEN
    const managers = [{ slot: 0, address: "10.0.0.1", nodeId: "n0" }];
    expect(registry.cluster).toMatchObject({ phase: "ready", generation: 1, managers, tokenIndex: 11 });
    expect(registry.cluster).not.toHaveProperty("recovery");
    expect(registry.items.get(recordKey.workerToken)).toMatchObject({ generation: 1, tokenIndex: 11 });
  });
});

describe("a slot", () => {
  it("is taken over from the instance that was seen dead, and forgets its node", async () => {
    // GIVEN
    registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-old" }) });
    // WHEN
    await act({ kind: "take-slot", slot: 0, isReplacement: false, from: "i-old" });
    // THEN
    expect(registry.items.get(recordKey.slot(0))).toMatchObject({ instanceId: "i-0", address: "10.0.0.1" });
    expect(registry.items.get(recordKey.slot(0))).not.toHaveProperty("nodeId");
  });

  it.each([
    ["free", undefined],
    ["of the dead", "i-old"],
  ])("that was %s is not taken from one who took it first", async (_, from) => {
    // GIVEN
    registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-first" }) });
    // WHEN / THEN
    expect(await act({ kind: "take-slot", slot: 0, isReplacement: false, from })).toMatchObject({ result: "refused" });
  });
});

describe("the leader", () => {
  it("proves its quorum by a write before it declares the cluster ready", async () => {
    // GIVEN
    cluster({ phase: "forming" });
    // WHEN
    await act({ kind: "declare-ready", nodeId: "n0", ...MEMBERSHIP });
    // THEN
    expect(done).toEqual(["update n0@5 {}"]);
    expect(registry.cluster.phase).toBe("ready");
  });

  it("declares nothing when that write fails", async () => {
    // GIVEN
    cluster({ phase: "forming" });
    context = { ...context, docker: { ...context.docker, updateNode: () => Promise.reject(new Error("no leader")) } };
    // WHEN
    await act({ kind: "declare-ready", nodeId: "n0", ...MEMBERSHIP });
    // THEN
    expect(registry.cluster.phase).toBe("forming");
  });

  it.each([
    [10, {}, TOKEN],
    [11, {}, "old"],
    [12, {}, "old"],
    [10, { clusterId: "c0" }, "old"],
    [10, { generation: 1 }, "old"],
  ])("replaces a token stored at %i of %j: %s", async (tokenIndex, other, expected) => {
    // GIVEN
    cluster({ tokenIndex, ...other });
    token({ token: "old", tokenIndex, ...other });
    // WHEN
    await act({ kind: "publish-token", version: 11, ...MEMBERSHIP });
    // THEN
    expect(registry.items.get(recordKey.workerToken)?.["token"]).toBe(expected);
  });
});

describe("a report", () => {
  const report = { state: "ready", step: "manager of the swarm", reasons: [] } as const;

  it("writes the node's record and its slot's in one request", async () => {
    // GIVEN
    registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-0", error: "old" }) });
    let requests = 0;
    meanwhile = () => {
      requests++;
    };
    // WHEN
    await act({ kind: "report", report, nodeId: "n0", drainRequested: false, slot: 0 });
    // THEN
    expect(requests).toBe(1);
    expect(registry.items.get(recordKey.slot(0))).toMatchObject({ state: "ready", nodeId: "n0" });
    expect(registry.items.get(recordKey.slot(0))).not.toHaveProperty("error");
    expect(registry.items.get(recordKey.node("AROAMANAGER", "i-0"))).toMatchObject({
      role: "manager",
      slot: 0,
      state: "ready",
      nodeId: "n0",
    });
  });

  it("is refused when the slot is another's by now", async () => {
    // GIVEN
    registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-new" }) });
    // WHEN / THEN
    expect(await act({ kind: "report", report, drainRequested: false, slot: 0 })).toMatchObject({ result: "refused" });
    expect(registry.items.get(recordKey.slot(0))?.["state"]).toBe("joined");
  });
});
