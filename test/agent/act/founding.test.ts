import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { slotRecord } from "../decide/given";
import { Stage, TOKEN } from "./stage";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe("swarm init", () => {
  const init = () => stage.act({ kind: "init", epoch: 1 });

  it("is done by the holder of the claim, with the marker on disk", async () => {
    // GIVEN
    stage.cluster({ phase: "initializing", owner: "i-0", epoch: 1 });
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual(["init with marker 1"]);
  });

  it.each([
    ["the claim was stolen", { phase: "initializing", owner: "i-9", epoch: 2 }],
    ["the claim was stolen and won back", { phase: "initializing", owner: "i-0", epoch: 3 }],
    ["newer agents have taken over", { phase: "initializing", owner: "i-0", epoch: 1, minWriter: 2 }],
    ["the cluster was published by another", { phase: "forming", owner: "i-0", epoch: 1 }],
    [
      "the record is of another life of the cluster",
      { phase: "initializing", owner: "i-0", epoch: 1, nonce: "nonce-0" },
    ],
  ] as const)("is not done when %s, and leaves no proof of it", async (_, record) => {
    // GIVEN
    stage.cluster(record);
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
    expect(stage.markers.founder).toBeUndefined();
  });

  it("is not done when the check itself took too long", async () => {
    // GIVEN
    stage.cluster({ phase: "initializing", owner: "i-0", epoch: 1 });
    stage.meanwhile = () => {
      stage.now = 10_000;
    };
    // WHEN / THEN
    expect(await init()).toMatchObject({ result: "expired" });
    expect(stage.done).toEqual([]);
  });
});

describe("the publication", () => {
  const publish = () => stage.act({ kind: "publish", epoch: 1, clusterId: "c1", nodeId: "n0" });

  it("writes phase, manager, token and the founder's node together", async () => {
    // GIVEN
    stage.cluster({ phase: "initializing", owner: "i-0", epoch: 1, clusterId: undefined });
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0, { nodeId: undefined }) });
    // WHEN
    await publish();
    // THEN
    expect(stage.registry.items.get(recordKey.slot(0))).toMatchObject({ nodeId: "n0", instanceId: "i-0" });
    expect(stage.registry.cluster).toMatchObject({
      phase: "forming",
      clusterId: "c1",
      tokenIndex: 11,
      managers: [{ slot: 0, nodeId: "n0" }],
    });
    const stored = stage.registry.items.get(recordKey.workerToken);
    expect(stored).toMatchObject({ token: TOKEN, clusterId: "c1", generation: 0, tokenIndex: 11 });
    expect(stored?.["writeId"]).toBe(stage.registry.cluster.writeId);
  });

  it.each([
    ["stolen", { owner: "i-9", epoch: 2 }],
    ["given up", { phase: "unclaimed", owner: undefined }],
  ] as const)("writes nothing once the claim was %s", async (_, record) => {
    // GIVEN
    stage.cluster({ phase: "initializing", epoch: 1, clusterId: undefined, ...record });
    // WHEN / THEN
    expect(await publish()).toMatchObject({ result: "refused" });
    expect(stage.registry.items.has(recordKey.workerToken)).toBe(false);
  });
});

describe("a claim", () => {
  const claimed = { phase: "initializing", owner: "i-9", epoch: 1, renewal: 4, clusterId: undefined } as const;

  it("is taken over as it was seen", async () => {
    // GIVEN
    stage.cluster(claimed);
    // WHEN
    await stage.act({ kind: "steal", epoch: 1, renewal: 4 });
    // THEN
    expect(stage.registry.cluster).toMatchObject({ owner: "i-0", epoch: 2, renewal: 0 });
  });

  it.each([
    ["renewed", { renewal: 5 }],
    ["won by a third", { epoch: 2 }],
    ["turned into a cluster", { phase: "forming" }],
  ] as const)("is not taken over once it was %s", async (_, record) => {
    // GIVEN
    stage.cluster({ ...claimed, ...record });
    // WHEN / THEN
    expect(await stage.act({ kind: "steal", epoch: 1, renewal: 4 })).toMatchObject({ result: "refused" });
    expect(stage.registry.cluster.owner).toBe("i-9");
  });

  it("is not made while a slot names a node of an earlier swarm", async () => {
    // GIVEN
    stage.cluster({ phase: "unclaimed", epoch: 0 });
    stage.registry.put(recordKey.slot(6), { ...slotRecord(6) });
    // WHEN / THEN
    expect(await stage.act({ kind: "claim", epoch: 0 })).toMatchObject({
      result: "refused",
      detail: "refused by slot#6",
    });
  });
});

describe("a slot", () => {
  it("is taken over from the instance that was seen dead, and forgets its node", async () => {
    // GIVEN
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-old" }) });
    // WHEN
    await stage.act({ kind: "take-slot", slot: 0, from: "i-old" });
    // THEN
    expect(stage.registry.items.get(recordKey.slot(0))).toMatchObject({ instanceId: "i-0", address: "10.0.0.1" });
    expect(stage.registry.items.get(recordKey.slot(0))).not.toHaveProperty("nodeId");
  });

  it.each(["replace", "remove"] as const)(
    "that is taken over leaves behind what was asked of the dead: %s",
    async (retire) => {
      // GIVEN
      const record = slotRecord(0, { instanceId: "i-old", retire, retireReason: "an operator asked for it" });
      stage.registry.put(recordKey.slot(0), { ...record });
      // WHEN
      await stage.act({ kind: "take-slot", slot: 0, from: "i-old" });
      // THEN
      expect(stage.registry.items.get(recordKey.slot(0))).not.toHaveProperty("retire");
      expect(stage.registry.items.get(recordKey.slot(0))).not.toHaveProperty("retireReason");
    },
  );

  it.each([
    ["free", undefined],
    ["of the dead", "i-old"],
  ])("that was %s is not taken from one who took it first", async (_, from) => {
    // GIVEN
    stage.registry.put(recordKey.slot(0), { ...slotRecord(0, { instanceId: "i-first" }) });
    // WHEN / THEN
    expect(await stage.act({ kind: "take-slot", slot: 0, from })).toMatchObject({
      result: "refused",
    });
  });
});
