import { beforeEach, describe, expect, it } from "vitest";
import type { ActionDetail } from "../../../lib/agent/model";
import { recordKey } from "../../../lib/registry/records";
import { slotRecord } from "../decide/given";
import { MEMBERSHIP, Stage } from "./stage";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe("a join", () => {
  const join = () => stage.act({ kind: "join", manager: "10.0.0.1", ...MEMBERSHIP });

  it("takes the token as it is stored now, with the marker on disk", async () => {
    // GIVEN
    stage.cluster({});
    stage.token({ token: "SWMTKN-1-rotated" });
    // WHEN
    await join();
    // THEN
    expect(stage.done).toEqual(["join 10.0.0.1 SWMTKN-1-rotated with marker c1"]);
  });

  it.each([
    ["the token is of another cluster", {}, { clusterId: "c0" }],
    ["the token is of another generation", {}, { generation: 1 }],
    ["the cluster is another one by now", { clusterId: "c2" }, {}],
    ["the cluster is of a later generation by now", { generation: 1 }, {}],
    ["newer agents have taken over", { minWriter: 2 }, {}],
    ["the cluster is being destroyed", { phase: "destroying" }, {}],
    ["the record is of another life of the cluster", { nonce: "nonce-0" }, {}],
  ] as const)("is not done when %s", async (_, record, stored) => {
    // GIVEN
    stage.cluster(record);
    stage.token(stored);
    // WHEN / THEN
    expect(await join()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });
});

describe("a leave", () => {
  const grave = (overrides = {}) =>
    stage.registry.put(recordKey.removing("n0"), { nodeId: "n0", clusterId: "c1", state: "removed", ...overrides });
  const leave = (ground: "removed" | "abandoned" | "unpublished" | "no certificate", clusterId = "c1") =>
    stage.act({ kind: "leave", ground, clusterId, nodeId: "n0" });

  it("is done while its ground holds, and takes the markers with it", async () => {
    // GIVEN
    grave();
    stage.markers = { member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "n0" } };
    // WHEN
    await leave("removed");
    // THEN
    expect(stage.done).toEqual(["leave"]);
    expect(stage.markers.member).toBeUndefined();
  });

  it.each([
    ["removed", () => grave({ state: "removing" })],
    ["removed", () => grave({ clusterId: "c0" })],
    ["removed", () => {}],
    ["abandoned", () => stage.cluster({ abandoned: [] })],
    ["abandoned", () => stage.cluster({ abandoned: ["c1"], nonce: "nonce-0" })],
    ["unpublished", () => stage.cluster({ clusterId: "c1" })],
    ["unpublished", () => stage.cluster({ clusterId: "c2", phase: "initializing" })],
    ["no certificate", () => {}],
  ] as const)("is not done when the node is no longer %s (case %#)", async (ground, given) => {
    // GIVEN
    given();
    // WHEN / THEN
    expect(await leave(ground)).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });

  it.each([
    ["abandoned", () => stage.cluster({ abandoned: ["c1"] })],
    ["unpublished", () => stage.cluster({ clusterId: "c2" })],
  ] as const)("is done when the swarm is %s", async (ground, given) => {
    // GIVEN
    given();
    // WHEN / THEN
    expect(await leave(ground)).toMatchObject({ result: "done" });
  });
});

describe("a promotion", () => {
  const promote = () =>
    stage.act({
      kind: "promote",
      slot: 1,
      instanceId: "i-1",
      address: "10.20.0.11",
      managers: [{ slot: 0, address: "10.20.0.10", nodeId: "n0" }],
      nodeId: "n1",
      version: 5,
      labels: { slot: "1" },
      ...MEMBERSHIP,
    });

  it("is done with the labels, in one write, and named by the record before", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await promote();
    // THEN
    expect(stage.done).toEqual(["update n0@5 {}", 'update n1@5 {"role":"manager","labels":{"slot":"1"}}']);
    expect(stage.registry.cluster).toMatchObject({
      managers: [{ slot: 0, address: "10.20.0.10", nodeId: "n0" }],
      promoting: { slot: 1, address: "10.20.0.11", nodeId: "n1" },
    });
  });

  it("is not done when the record cannot name it, because another leader wrote it meanwhile", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    let requests = 0;
    stage.meanwhile = () => {
      if (++requests === 2) stage.cluster({ writeId: "another's" });
    };
    // WHEN / THEN
    expect(await promote()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual(["update n0@5 {}"]);
  });

  it.each([
    ["another instance holds the slot", {}, { instanceId: "i-new" }],
    ["the slot names another node", {}, { nodeId: "n9" }],
    ["the cluster is of a later generation", { generation: 1 }, {}],
    ["newer agents have taken over", { minWriter: 2 }, {}],
    ["the cluster is being destroyed", { phase: "destroying" }, {}],
    ["an operator recovers the cluster", { phase: "recovering" }, {}],
  ] as const)("is not done when %s by now", async (_, record, slot) => {
    // GIVEN
    stage.cluster(record);
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1, slot) });
    // WHEN / THEN
    expect(await promote()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
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
    stage.cluster({ phase: "destroying" });
    // WHEN / THEN
    expect(await stage.act({ kind, ...fields, ...MEMBERSHIP } as ActionDetail)).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
    expect(stage.registry.items.has(recordKey.removing("n1"))).toBe(false);
  });

  it("is told to the node in its tombstone once it is done", async () => {
    // GIVEN
    stage.cluster({});
    // WHEN
    await stage.act({ kind: "remove", nodeId: "n1", ...MEMBERSHIP });
    // THEN
    expect(stage.done).toEqual(["remove n1"]);
    expect(stage.registry.items.get(recordKey.removing("n1"))).toMatchObject({ state: "removed", clusterId: "c1" });
  });
});
