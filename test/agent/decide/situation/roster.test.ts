import { describe, expect, it } from "vitest";
import { entryOf } from "../../../../lib/agent/decide/situation/roster";
import { situationOf } from "../../../../lib/agent/decide/situation/situation";

import type { OwnedNodeRecord, SlotRecord } from "../../../../lib/registry/records";
import { managerSettings } from "../../../support/simulation/settings";
import { leaderSees, manager, managerRecord, memory, seen, slotRecord, table, worker, workerRecord } from "../given";

describe("the roster of a list of nodes", () => {
  const nodes = [manager(0), worker("w1"), worker("n1", { address: "10.0.0.2" })];
  const roster = (records = table(), settings = managerSettings(0)) =>
    situationOf(leaderSees(nodes, { table: seen(records) }), memory(), settings).roster;

  it("is not that of records that were read before", () => {
    // GIVEN
    expect(roster().map(({ instanceId }) => instanceId)).toEqual([undefined, undefined, undefined]);
    // WHEN
    const known = roster(table({ slots: [slotRecord(0)], nodes: [workerRecord()] }));
    // THEN
    expect(known.map(({ instanceId }) => instanceId)).toEqual(["i-0", "i-w1", undefined]);
  });

  it("is not that of a node with other settings", () => {
    // GIVEN
    const records = table({ nodes: [managerRecord(1)] });
    expect(roster(records).map(({ slot }) => slot)).toEqual([0, undefined, 1]);
    // WHEN
    const other = roster(records, managerSettings(0, 3, { roleUniqueId: "AROAOTHER" }));
    // THEN
    expect(other.map(({ slot }) => slot)).toEqual([0, undefined, undefined]);
  });
});

describe("the node of a slot's instance", () => {
  const entry = (slot: SlotRecord, nodes: readonly OwnedNodeRecord[] = []) => {
    const records = table({ slots: [slotRecord(0), slot], nodes });
    const seenBy = leaderSees([manager(0), worker("n1", { address: "10.0.0.2" })], { table: seen(records) });
    return entryOf(situationOf(seenBy, memory(), managerSettings(0)).roster, slot);
  };

  it.each([
    ["no record names it", undefined],
    ["its slot's record names one that is gone", "n9"],
  ])("is found by its address where %s", (_, nodeId) => {
    expect(entry(slotRecord(1, { nodeId }))).toMatchObject({ node: { id: "n1" }, instanceId: "i-1" });
  });

  it("is not that of another instance which has the address now", () => {
    // GIVEN
    const other = workerRecord({ nodeId: "n1", address: "10.0.0.2" });
    // WHEN / THEN
    expect(entry(slotRecord(1, { nodeId: undefined }), [other])).toBeUndefined();
  });
});
