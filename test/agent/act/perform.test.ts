import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { slotRecord } from "../decide/given";
import { MEMBERSHIP, Stage, TOKEN } from "./stage";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe("an action", () => {
  it("is not done once it has expired", async () => {
    // GIVEN
    stage.cluster({});
    stage.now = 10_000;
    // WHEN / THEN
    expect(await stage.act({ kind: "label", nodeId: "n1", version: 1, labels: {} })).toMatchObject({
      result: "expired",
    });
    expect(stage.done).toEqual([]);
  });

  it("that fails says by what, and does not reject", async () => {
    // GIVEN
    const docker = { ...stage.context.docker, updateNode: () => Promise.reject(new Error("update out of sequence")) };
    stage.context = { ...stage.context, docker };
    // WHEN / THEN
    expect(await stage.act({ kind: "label", nodeId: "n1", version: 1, labels: {} })).toMatchObject({
      result: "failed",
      detail: "update out of sequence",
    });
  });
});

describe("the leader", () => {
  it("proves its quorum by a write before it declares the cluster ready", async () => {
    // GIVEN
    stage.cluster({ phase: "forming" });
    // WHEN
    await stage.act({ kind: "declare-ready", nodeId: "n0", ...MEMBERSHIP });
    // THEN
    expect(stage.done).toEqual(["update n0@5 {}"]);
    expect(stage.registry.cluster.phase).toBe("ready");
  });

  it("declares nothing when that write fails", async () => {
    // GIVEN
    stage.cluster({ phase: "forming" });
    stage.context = {
      ...stage.context,
      docker: { ...stage.context.docker, updateNode: () => Promise.reject(new Error("no leader")) },
    };
    // WHEN
    await stage.act({ kind: "declare-ready", nodeId: "n0", ...MEMBERSHIP });
    // THEN
    expect(stage.registry.cluster.phase).toBe("forming");
  });

  it.each([
    [10, {}, TOKEN],
    [11, {}, "old"],
    [12, {}, "old"],
    [10, { clusterId: "c0" }, "old"],
    [10, { generation: 1 }, "old"],
  ])("replaces a token stored at %i of %j: %s", async (tokenIndex, other, expected) => {
    // GIVEN
    stage.cluster({ tokenIndex, ...other });
    stage.token({ token: "old", tokenIndex, ...other });
    // WHEN
    await stage.act({ kind: "publish-token", version: 11, ...MEMBERSHIP });
    // THEN
    expect(stage.registry.items.get(recordKey.workerToken)?.["token"]).toBe(expected);
  });
});

describe("the view", () => {
  const view = { kind: "publish-view", managers: [], summary: { members: [], waiting: 0, faults: [] } } as const;

  it.each([
    ["read", "read", "done"],
    ["written meanwhile", "another's", "refused"],
  ])("takes the place of a record that was %s: %s ends as %s", async (_, writeId, result) => {
    // GIVEN
    stage.cluster({ writeId, promoting: { slot: 1, address: "", nodeId: "n1" } });
    // WHEN
    const outcome = await stage.act({ ...view, writeId: "read", ...MEMBERSHIP });
    // THEN
    expect(outcome).toMatchObject({ result });
    expect("promoting" in stage.registry.cluster).toBe(result === "refused");
  });
});

describe("a report", () => {
  const report = { state: "ready", step: "manager of the swarm", reasons: [] } as const;

  it("writes the node's record and its slot's in one request", async () => {
    // GIVEN
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-0", error: "old" }) });
    let requests = 0;
    stage.meanwhile = () => {
      requests++;
    };
    // WHEN
    await stage.act({ kind: "report", report, nodeId: "n0", isOut: false, drainRequested: false, slot: 0 });
    // THEN
    expect(requests).toBe(1);
    expect(stage.registry.items.get(recordKey.slot(0))).toMatchObject({ state: "ready", nodeId: "n0" });
    expect(stage.registry.items.get(recordKey.slot(0))).not.toHaveProperty("error");
    expect(stage.registry.items.get(recordKey.node("AROAMANAGER", "i-0"))).toMatchObject({
      role: "manager",
      slot: 0,
      state: "ready",
      nodeId: "n0",
    });
  });

  it.each([
    ["keeps the node id of one that left to terminate, so that the leader can bury it", true, "n0"],
    ["takes the node id back of one that is in no swarm any more", false, undefined],
  ])("%s", async (_, drainRequested, nodeId) => {
    // GIVEN
    const key = recordKey.node("AROAMANAGER", "i-0");
    await stage.act({ kind: "report", report, nodeId: "n0", isOut: false, drainRequested });
    // WHEN
    await stage.act({ kind: "report", report: { ...report, state: "waiting" }, isOut: true, drainRequested });
    // THEN
    expect(stage.registry.items.get(key)).toMatchObject({ state: "waiting" });
    expect(stage.registry.items.get(key)?.["nodeId"]).toBe(nodeId);
  });

  it("keeps the node id while nothing is known of dockerd", async () => {
    // GIVEN
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0) });
    // WHEN
    const told = { kind: "report", report, isOut: false, drainRequested: false, slot: 0 } as const;
    await stage.act({ ...told, nodeId: "n0" });
    await stage.act(told);
    // THEN
    expect(stage.registry.items.get(recordKey.slot(0))?.["nodeId"]).toBe("n0");
    expect(stage.registry.items.get(recordKey.node("AROAMANAGER", "i-0"))?.["nodeId"]).toBe("n0");
  });

  it("is refused when the slot is another's by now", async () => {
    // GIVEN
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-new" }) });
    // WHEN / THEN
    expect(await stage.act({ kind: "report", report, isOut: false, drainRequested: false, slot: 0 })).toMatchObject({
      result: "refused",
    });
    expect(stage.registry.items.get(recordKey.slot(0))?.["state"]).toBe("ready");
  });
});
