import { describe, expect, it } from "vitest";
import type { TombstoneRecord } from "../../../../lib/registry/records";
import {
  answer,
  clusterRecord,
  decided,
  kinds,
  memory,
  observation,
  publishedRecord,
  said,
  seen,
  slotInstance,
  slotRecord,
  WALL,
} from "../given";

const searching = memory({ slotHeld: false });
const heldBy = (overrides: Parameters<typeof slotRecord>[1]) =>
  seen(slotRecord(0, { instanceId: "i-old", ...overrides }));

describe("a manager's slot", () => {
  it("is taken when it is free", () => {
    expect(decided(observation({ slot: seen(undefined) }), searching)).toMatchObject([{ kind: "take-slot", slot: 0 }]);
  });

  it.each([
    ["EC2 was not asked yet", undefined],
    ["its holder runs", answer([slotInstance(0, { instanceId: "i-old" })])],
    ["its holder is stopped", answer([slotInstance(0, { instanceId: "i-old", state: "stopped" })])],
    ["its holder shuts down", answer([slotInstance(0, { instanceId: "i-old", state: "shutting-down" })])],
    ["EC2 does not know its holder", answer([], ["i-old"])],
    [
      "EC2 does not know the asker either",
      answer([slotInstance(0, { instanceId: "i-old", state: "terminated" })], [], false),
    ],
  ])("stays with its holder while %s", (_, instances) => {
    // GIVEN
    const given = observation({ slot: heldBy({}), instances });
    // WHEN / THEN
    expect(kinds(given, searching)).toEqual([]);
    expect(said(given, searching).error).toContain("slot 0 is held by i-old");
  });

  it("is taken over from a terminated instance, by its name", () => {
    // GIVEN
    const instances = answer([slotInstance(0, { instanceId: "i-old", state: "terminated" })]);
    // WHEN / THEN
    expect(decided(observation({ slot: heldBy({}), instances }), searching)).toMatchObject([
      { kind: "take-slot", slot: 0, from: "i-old" },
    ]);
  });

  const endingHolder = answer([slotInstance(0, { instanceId: "i-old", state: "shutting-down" })]);
  const grave = (overrides: Partial<TombstoneRecord> = {}) =>
    seen<TombstoneRecord>({
      schema: 1,
      minWriter: 1,
      writeId: "w",
      nodeId: "n0",
      clusterId: "c1",
      state: "removed",
      updatedAt: "",
      ...overrides,
    });

  it("is taken over from an instance that shuts down once its node is out of the swarm", () => {
    // GIVEN
    const given = observation({
      cluster: seen(publishedRecord()),
      slot: heldBy({}),
      instances: endingHolder,
      tombstone: grave(),
    });
    // WHEN / THEN
    expect(decided(given, searching)).toMatchObject([{ kind: "take-slot", slot: 0, from: "i-old" }]);
  });

  it.each([
    ["is being removed", grave({ state: "removing" })],
    ["was another one", grave({ nodeId: "n9" })],
    ["was one of another swarm", grave({ clusterId: "c0" })],
  ])("stays with an instance that shuts down while the node that went %s", (_, tombstone) => {
    // GIVEN
    const cluster = seen(publishedRecord());
    // WHEN / THEN
    expect(kinds(observation({ cluster, slot: heldBy({}), instances: endingHolder, tombstone }), searching)).toEqual(
      [],
    );
  });

  it("remembers the node before the last when the last one never had any", () => {
    // GIVEN
    const slot = heldBy({ nodeId: undefined, predecessorNodeId: "n-1" });
    // WHEN / THEN
    const given = observation({ cluster: seen(publishedRecord()), slot, instances: deadHolder });
    expect(decided(given, searching)[0]).toMatchObject({ kind: "take-slot", predecessorNodeId: "n-1" });
  });

  const deadHolder = answer([slotInstance(0, { instanceId: "i-old", state: "terminated" })]);

  it.each([
    ["remembers the node before it, by which nobody founds a second swarm", publishedRecord(), "n0"],
    ["remembers it in a registry that was seeded anew", clusterRecord(), "n0"],
    ["forgets it while the swarm forms, and may be given up", publishedRecord({ phase: "forming" }), undefined],
    ["forgets it while the swarm is founded", clusterRecord({ phase: "initializing", owner: "i-1" }), undefined],
  ])("taken over %s", (_, cluster, predecessorNodeId) => {
    // GIVEN
    const given = observation({ cluster: seen(cluster), slot: heldBy({}), instances: deadHolder });
    // WHEN / THEN
    expect(decided(given, searching)[0]).toMatchObject({ kind: "take-slot", predecessorNodeId });
  });

  it.each([
    [3, 3_600_001, ["take-slot"]],
    [2, 3_600_001, []],
    [3, 3_600_000, []],
  ])("of an instance EC2 missed %i times, heard of %i ms ago, goes to: %j", (count, age, expected) => {
    // GIVEN
    const updatedAt = new Date(WALL - age).toISOString();
    const given = observation({ slot: heldBy({ updatedAt }), instances: answer([], ["i-old"]) });
    // WHEN / THEN
    expect(kinds(given, memory({ slotHeld: false, notFound: { "i-old": { count, at: 0 } } }))).toEqual(expected);
  });
});
