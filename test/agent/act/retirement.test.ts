import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { slotRecord } from "../decide/given";
import { MEMBERSHIP, Stage } from "./stage";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

/** A write that changes nothing, which a majority confirms. */
const PROOF = "update n0@5 {}";

describe("a change of membership for a retirement", () => {
  const retiring = { slot: 1, instanceId: "i-1" };

  it("removes a node that is up", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1, { retire: "replace" }) });
    // WHEN
    await stage.act({ kind: "remove", nodeId: "n1", retiring, ...MEMBERSHIP });
    // THEN
    expect(stage.done).toEqual(["remove n1 by force"]);
  });

  it.each([
    ["the request was taken back", slotRecord(1)],
    ["the slot has another instance", slotRecord(1, { instanceId: "i-new", retire: "replace" })],
  ])("is not made when %s", async (_, slot) => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slot });
    const fields = { nodeId: "n1", version: 1, retiring, ...MEMBERSHIP };
    // WHEN / THEN
    for (const kind of ["drain", "demote", "bury", "remove"] as const) {
      expect(await stage.act({ kind, ...fields })).toMatchObject({ result: "refused" });
    }
    expect(stage.done).toEqual([]);
  });
});

describe("the replacement of a slot's instance", () => {
  const replace = () => stage.act({ kind: "replace", isHolder: true, slot: 1, instanceId: "i-1", ...MEMBERSHIP });

  it("is Auto Scaling's to do", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await replace();
    // THEN
    expect(stage.done).toEqual([PROOF, "replace i-1"]);
  });

  it("is Auto Scaling's to do for one that died before it took the slot, too", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    const replaceNewcomer = (instanceId: string) =>
      stage.act({ kind: "replace", isHolder: false, slot: 1, instanceId, ...MEMBERSHIP });
    // WHEN / THEN
    expect(await replaceNewcomer("i-new")).toMatchObject({ result: "done" });
    expect(await replaceNewcomer("i-1")).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([PROOF, "replace i-new"]);
  });

  it("is Auto Scaling's to do for the first one of a slot, which nobody took", async () => {
    // GIVEN
    stage.cluster({});
    // WHEN
    await stage.act({ kind: "replace", isHolder: false, slot: 1, instanceId: "i-new", ...MEMBERSHIP });
    // THEN
    expect(stage.done).toEqual([PROOF, "replace i-new"]);
  });

  it("is not asked for by a leader whose writes no majority confirms any more", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    const { docker } = stage.context;
    const updateNode = () => Promise.reject(new Error("the swarm does not have a leader"));
    stage.context = { ...stage.context, docker: { ...docker, updateNode } };
    // WHEN / THEN
    expect(await replace()).toMatchObject({ result: "failed" });
    expect(stage.done).toEqual([]);
  });

  it.each([
    ["the slot has a successor", {}, slotRecord(1, { instanceId: "i-new" })],
    ["the cluster is being destroyed", { phase: "destroying" }, slotRecord(1)],
    ["the cluster was recovered meanwhile", { generation: 1 }, slotRecord(1)],
  ] as const)("is not asked for when %s", async (_, record, slot) => {
    // GIVEN
    stage.cluster(record);
    stage.registry.put(recordKey.slot(1), { ...slot });
    // WHEN / THEN
    expect(await replace()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });
});

describe("the retirement of a slot", () => {
  const retire = () => stage.act({ kind: "retire-slot", slot: 1, instanceId: "i-1", why: "it is ill", ...MEMBERSHIP });

  it("is written down with its reason", async () => {
    // GIVEN
    stage.cluster({});
    stage.registry.put(recordKey.slot(1), { ...slotRecord(1) });
    // WHEN
    await retire();
    // THEN
    expect(stage.registry.items.get(recordKey.slot(1))).toMatchObject({ retire: "replace", retireReason: "it is ill" });
  });

  it.each([
    ["an operator's is there already", {}, slotRecord(1, { retire: "remove" })],
    ["the slot has another instance", {}, slotRecord(1, { instanceId: "i-new" })],
    ["the cluster is being destroyed", { phase: "destroying" }, slotRecord(1)],
  ] as const)("is not written when %s", async (_, record, slot) => {
    // GIVEN
    stage.cluster(record);
    stage.registry.put(recordKey.slot(1), { ...slot });
    // WHEN / THEN
    expect(await retire()).toMatchObject({ result: "refused" });
  });
});
