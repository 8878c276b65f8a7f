import { describe, expect, it } from "vitest";
import type { Memory } from "../../../lib/agent/memory";
import type { Observation } from "../../../lib/agent/model";
import { planReads } from "../../../lib/agent/observe/plan";
import type { SwarmNode } from "../../../lib/agent/ports";
import { managerSettings } from "../../support/simulation/settings";
import {
  answer,
  candidate,
  DOWN,
  leaderSees,
  leading,
  manager,
  memory,
  NOW,
  observation,
  publishedRecord,
  seen,
  slotInstance,
  slotRecord,
  THREE,
  table,
} from "../decide/given";

const plan = (seenBy: Observation, remembered: Memory = memory()) =>
  planReads(seenBy, remembered, managerSettings(0), NOW, NOW);
const down = manager(1, DOWN);
const three = seen(table({ slots: THREE }));
const leads = (overrides: Partial<Observation> = {}) =>
  leaderSees([manager(0), down, manager(2)], { table: three, ...overrides });
const spent = memory({ questions: { left: 0, at: NOW } });

describe("the leader asks EC2", () => {
  it("at once about an instance it has not asked about, whatever it asked before", () => {
    // GIVEN
    const instances = answer([slotInstance(2)]);
    // WHEN / THEN
    expect(plan(leads({ instances, instancesTriedAt: NOW - 2_000 }), spent).instances).toEqual(["i-0", "i-1"]);
    expect(plan(leads({ instances, instancesTriedAt: NOW - 1_999 }), spent).instances).toBeUndefined();
  });

  it("no more than it may about one it has asked about", () => {
    // GIVEN
    const instances = answer([slotInstance(1)]);
    const seenBy = leads({ instances, instancesTriedAt: NOW - 10_000 });
    // WHEN / THEN
    expect(plan(seenBy, spent).instances).toBeUndefined();
    expect(plan(seenBy).instances).toEqual(["i-0", "i-1"]);
  });

  it("no more than it may while EC2 fails", () => {
    // GIVEN
    const seenBy = leads({ instancesError: "RequestLimitExceeded", instancesTriedAt: NOW - 9_999 });
    // WHEN / THEN
    expect(plan(seenBy).instances).toBeUndefined();
    expect(plan(leads({ ...seenBy, instancesTriedAt: NOW - 10_000 }), spent).instances).toBeUndefined();
  });

  it("about the instance of a slot that died before it joined", () => {
    // GIVEN
    const slots = [slotRecord(0), slotRecord(1, { nodeId: undefined }), slotRecord(2)];
    const seenBy = leaderSees([manager(0), manager(2)], { table: seen(table({ slots })) });
    // WHEN / THEN
    expect(plan(seenBy).instances).toEqual(["i-0", "i-1"]);
  });

  it("again after two seconds about one that waits to be promoted, as often as it may", () => {
    // GIVEN
    const nodes = [manager(0), candidate(1), manager(2)];
    const instances = answer([slotInstance(1)]);
    const seenBy = (ago: number) => leaderSees(nodes, { table: three, instances, instancesTriedAt: NOW - ago });
    // WHEN / THEN
    expect(plan(seenBy(1_999)).instances).toBeUndefined();
    expect(plan(seenBy(2_000)).instances).toEqual(["i-0", "i-1"]);
    expect(plan(seenBy(2_000), spent).instances).toBeUndefined();
  });

  it("about one whose node was made half a minute ago and has not connected", () => {
    // GIVEN
    const seenBy = leaderSees([manager(0), candidate(1, { state: "unknown", hostname: "" }), manager(2)], {
      table: three,
    });
    const nameless = (ago: number) => memory({ namelessSince: { n1: NOW - ago } });
    // WHEN / THEN
    expect(plan(seenBy, nameless(29_999)).instances).toBeUndefined();
    expect(plan(seenBy, nameless(30_000)).instances).toEqual(["i-0", "i-1"]);
  });

  it("about an instance of a vacant slot once it had the time to take it", () => {
    // GIVEN
    const slots = [slotRecord(0), slotRecord(2)];
    const slotGroups = seen([{ group: "apps-manager-1", instanceIds: ["i-new"] }]);
    const seenBy = leaderSees([manager(0), manager(2)], { table: seen(table({ slots })), slotGroups });
    const listed = (ago: number) => memory({ listedSince: { "i-new": NOW - ago } });
    // WHEN / THEN
    expect(plan(seenBy, listed(89_999)).instances).toBeUndefined();
    expect(plan(seenBy, listed(90_000)).instances).toEqual(["i-0", "i-new"]);
  });

  it("about no slot that is to stay empty", () => {
    // GIVEN
    const slots = [slotRecord(0), slotRecord(1, { nodeId: undefined, retire: "remove" })];
    // WHEN / THEN
    expect(plan(leaderSees([manager(0)], { table: seen(table({ slots })) })).instances).toBeUndefined();
  });
});

describe("the table", () => {
  const nodes = [manager(0), manager(1), manager(2)].map((node, slot) => ({
    ...node,
    labels: { ...node.labels, az: "eu-west-1a", slot: String(slot) },
  }));
  const slots = [slotRecord(0), slotRecord(1), slotRecord(2)];
  const quiet = (age: number) => plan(leaderSees(nodes, { table: seen(table({ slots }), age) }), memory()).table;

  it("is read by an idle leader twice in any minute, and no less: who is to be drained or retired waits for it", () => {
    expect(quiet(30_999)).toBe(false);
    expect(quiet(31_000)).toBe(true);
  });
});

describe("the groups of slots", () => {
  const two = [manager(0), manager(2)];
  const sees = (
    nodes: readonly SwarmNode[],
    slots = [slotRecord(0), slotRecord(2)],
    overrides: Partial<Observation> = {},
  ) => leaderSees(nodes, { table: seen(table({ slots })), ...overrides });
  const full = [slotRecord(0), slotRecord(1), slotRecord(2)];

  const all = [0, 1, 2, 3, 4, 5, 6].map((slot) => `apps-manager-${slot}`);
  const every = (interval: number, seenBy: Observation): void => {
    const asked = (ago: number) => plan({ ...seenBy, slotGroupsTriedAt: NOW - ago }).slotGroups;
    expect(asked(interval - 1)).toBeUndefined();
    expect(asked(interval)).toEqual(all);
  };

  it("are asked for, all there may be: no record names who died before it took a slot, nor a slot that was added", () => {
    expect(plan(sees([manager(0), manager(1), manager(2)], full)).slotGroups).toEqual(all);
  });

  it.each([
    ["no record", [slotRecord(0), slotRecord(2)]],
    ["a record of a node that is gone", full],
    ["a record without a node", [slotRecord(0), slotRecord(1, { nodeId: undefined }), slotRecord(2)]],
  ])("are asked for every 30 s while a slot has %s", (_, slots) => {
    every(30_000, sees(two, slots));
  });

  it("are asked for every 10 s while a slot of a forming cluster has no node", () => {
    every(10_000, sees(two, full, { cluster: seen(publishedRecord({ phase: "forming" })) }));
  });

  it.each([3, 4])("are asked for every 30 s while slot %i, which was added, has no node", (slot) => {
    // GIVEN
    const nodes = [manager(0), manager(1), manager(2)];
    const slotGroups = seen(all.slice(0, slot + 1).map((group) => ({ group, instanceIds: [] })));
    // WHEN / THEN
    every(30_000, sees(nodes, [...full, slotRecord(slot)]));
    every(30_000, sees(nodes, full, { slotGroups }));
  });

  it.each([
    ["every slot has a node, even one that is down", sees([manager(0), down, manager(2)], full)],
    ["the slot is to stay empty", sees(two, [slotRecord(0), slotRecord(1, { retire: "remove" }), slotRecord(2)])],
    [
      "slots that were added are to go again",
      sees([manager(0), manager(1), manager(2)], [...full, slotRecord(3, { retire: "remove" })], {
        slotGroups: seen(all.slice(0, 4).map((group) => ({ group, instanceIds: [] }))),
      }),
    ],
    ["the records are not known", { ...sees(two), table: undefined }],
  ])("are asked for every five minutes when %s", (_, seenBy) => {
    every(300_000, seenBy);
  });

  it("are not asked for by a manager that does not lead", () => {
    // GIVEN
    const self = manager(0, { manager: { leader: false, reachability: "reachable" } });
    // WHEN / THEN
    expect(plan({ ...sees(two), docker: seen(leading([self, manager(2)])) }).slotGroups).toBeUndefined();
  });

  it("are not asked for by a leader that has just started: the others were launched with it", () => {
    expect(plan(sees(two), memory({ startedAt: NOW - 89_999 })).slotGroups).toBeUndefined();
    expect(plan(sees(two), memory({ startedAt: NOW - 90_000 })).slotGroups).toEqual(all);
  });
});

describe("status checks", () => {
  it("are read once a minute, of the managers alone", () => {
    expect(plan(leads()).statusChecks).toEqual(["i-0", "i-1", "i-2"]);
    expect(plan(leads({ statusChecksTriedAt: NOW - 59_999 })).statusChecks).toBeUndefined();
    expect(plan(leads({ statusChecksTriedAt: NOW - 60_000 })).statusChecks).toHaveLength(3);
  });

  it("are not read before the cluster is ready", () => {
    expect(plan(leads({ cluster: seen(publishedRecord({ phase: "forming" })) })).statusChecks).toBeUndefined();
  });
});

describe("the record of a manager's own slot", () => {
  const outside = (retire?: "remove") =>
    observation({ cluster: seen(publishedRecord()), slot: seen(slotRecord(0, { retire }), 900) });

  it("is read again before a join: it may have been retired", () => {
    expect(plan(outside()).slot).toBe(true);
  });

  it("is read seldom once it is retired", () => {
    expect(plan(outside("remove")).slot).toBe(false);
  });

  it("is not read by a member that holds it", () => {
    expect(plan(leads({ slot: seen(slotRecord(0), 600_000) })).slot).toBe(false);
  });
});

describe("the tombstone of a slot's node", () => {
  const demoted = (controlAvailable: boolean) =>
    observation({
      cluster: seen(publishedRecord()),
      docker: seen({ status: { state: "active", nodeId: "n0", controlAvailable, clusterId: "c1" } }),
    });
  const unsettled = (ago: number) => memory({ unsettledSince: NOW - ago, slotHeld: true });

  it("is looked for when it is no manager for long, though dockerd sees nothing wrong", () => {
    expect(plan(demoted(false), unsettled(10_000)).tombstone).toBe("n0");
    expect(plan(demoted(false), unsettled(9_999)).tombstone).toBeUndefined();
    expect(plan(demoted(true), unsettled(10_000)).tombstone).toBeUndefined();
  });

  it("is not looked for at every tick", () => {
    const looked = { ...demoted(false), tombstone: seen(undefined, 9_999) };
    expect(plan(looked, unsettled(20_000)).tombstone).toBeUndefined();
    expect(plan({ ...looked, tombstone: seen(undefined, 10_000) }, unsettled(20_000)).tombstone).toBe("n0");
  });
});
