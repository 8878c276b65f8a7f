import { describe, expect, it } from "vitest";
import type { Memory } from "../../../lib/agent/memory";
import type { Observation } from "../../../lib/agent/model";
import type { OwnedNodeRecord, SwarmNode } from "../../../lib/agent/ports";
import type { SlotRecord } from "../../../lib/registry/records";
import {
  answer,
  decided,
  leaderSees,
  leading,
  manager,
  managerRecord,
  memory,
  NOW,
  publishedRecord,
  seen,
  slotInstance,
  slotRecord,
  table,
} from "./given";

const down = { state: "down", manager: { leader: false, reachability: "unreachable" } } as const;
const dead = (slot: number) => slotInstance(slot, { state: "terminated" });
const three = [slotRecord(0), slotRecord(1), slotRecord(2)];
const given = (
  nodes: readonly SwarmNode[],
  slots: readonly SlotRecord[] = three,
  instances = answer([slotInstance(1), slotInstance(2)]),
) => leaderSees(nodes, { table: seen(table({ slots })), instances });
const replacements = (seenBy: Observation, remembered?: Memory) =>
  decided(seenBy, remembered).filter(({ kind }) => kind === "replace" || kind === "retire-slot");

describe("a dead instance of a slot", () => {
  const gone = [manager(0), manager(2)];

  it("is replaced once its node is out of the swarm", () => {
    expect(replacements(given(gone, three, answer([dead(1)])))).toMatchObject([
      { kind: "replace", slot: 1, instanceId: "i-1", clusterId: "c1", generation: 0 },
    ]);
  });

  it("is replaced while the cluster forms, too", () => {
    // GIVEN
    const seenBy = { ...given(gone, three, answer([dead(1)])), cluster: seen(publishedRecord({ phase: "forming" })) };
    // WHEN / THEN
    expect(replacements(seenBy)).toHaveLength(1);
  });

  it.each([
    ["its node is a member still", [manager(0), manager(1, down), manager(2)], answer([dead(1)])],
    ["it is stopped", gone, answer([slotInstance(1, { state: "stopped" })])],
    ["it shuts down", gone, answer([slotInstance(1, { state: "shutting-down" })])],
    ["EC2 left it out", gone, answer([])],
    ["EC2 does not list the asker", gone, answer([dead(1)], [], false)],
  ])("is left alone while %s", (_, nodes, instances) => {
    expect(replacements(given(nodes, three, instances))).toEqual([]);
  });

  it("is not asked to be replaced twice in a minute", () => {
    // GIVEN
    const seenBy = given(gone, three, answer([dead(1)]));
    // WHEN / THEN
    expect(replacements(seenBy, memory({ replacedAt: { "i-1": NOW - 59_999 } }))).toEqual([]);
    expect(replacements(seenBy, memory({ replacedAt: { "i-1": NOW - 60_000 } }))).toHaveLength(1);
  });

  it("is no business of a manager that does not lead", () => {
    // GIVEN
    const self = manager(0, { manager: { leader: false, reachability: "reachable" } });
    const seenBy = { ...given(gone, three, answer([dead(1)])), docker: seen(leading([self, manager(2)])) };
    // WHEN / THEN
    expect(replacements(seenBy)).toEqual([]);
  });
});

describe("an instance that was launched for a slot and died before it took it", () => {
  const newcomer = { ...managerRecord(1), instanceId: "i-new", nodeId: undefined, updatedAt: "2026-01-02T00:00:00Z" };
  const sees = (record: OwnedNodeRecord, slots: readonly SlotRecord[] = three, nodes = [manager(0), manager(2)]) =>
    leaderSees(nodes, {
      table: seen(table({ slots, nodes: [record] })),
      instances: answer([slotInstance(1, { instanceId: "i-new", state: "terminated" })]),
    });
  const found = [{ kind: "replace", slot: 1, instanceId: "i-new", isHolder: false }];

  it("is replaced, whether the slot's record names the one before it or nobody", () => {
    expect(replacements(sees(newcomer))).toMatchObject(found);
    expect(replacements(sees(newcomer, [slotRecord(0), slotRecord(2)]))).toMatchObject(found);
  });

  it.each([
    ["its slot has a member", newcomer, three, [manager(0), manager(1), manager(2)]],
    ["a later one took the slot", { ...newcomer, updatedAt: "2020-01-01T00:00:00Z" }, three, undefined],
    ["the slot is to stay empty", newcomer, [slotRecord(0), slotRecord(1, { retire: "remove" })], undefined],
    ["a worker wrote its record", { ...newcomer, roleUniqueId: "AROAWORKER" }, three, undefined],
  ] as const)("is left alone when %s", (_, record, slots, nodes) => {
    const seenBy = sees(record, slots as readonly SlotRecord[], nodes as SwarmNode[] | undefined);
    expect(replacements(seenBy)).toEqual([]);
  });
});
