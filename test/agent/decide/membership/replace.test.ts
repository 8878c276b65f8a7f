import { describe, expect, it } from "vitest";
import type { Observation } from "../../../../lib/agent/model";
import type { SwarmNode } from "../../../../lib/agent/ports";
import {
  answer,
  candidate,
  DOWN,
  leaderSees,
  leading,
  manager,
  managerRecord,
  memory,
  NOW,
  publishedRecord,
  replacements,
  seen,
  slotInstance,
  slotRecord,
  THREE,
  table,
  threeSlots,
  WALL,
} from "../given";

const dead = (slot: number) => slotInstance(slot, { state: "terminated" });

const ending = (slot: number) => slotInstance(slot, { state: "shutting-down" });

describe("a dead instance of a slot", () => {
  const gone = [manager(0), manager(2)];
  const silent = manager(1, { manager: { leader: false, reachability: "unreachable" } });
  const lost = [manager(0), manager(1, DOWN), manager(2)];

  it("is replaced once its node is out of the swarm", () => {
    expect(replacements(threeSlots(gone, THREE, answer([dead(1)])))).toMatchObject([
      { kind: "replace", slot: 1, instanceId: "i-1", clusterId: "c1", generation: 0 },
    ]);
  });

  it.each([
    ["terminated, and its node is Down", lost, answer([dead(1)])],
    ["terminated, and Raft does not hear its node", [manager(0), silent, manager(2)], answer([dead(1)])],
    ["shutting down, and its node is Down", lost, answer([ending(1)])],
    ["shutting down, and its node is out of the swarm", gone, answer([ending(1)])],
  ])("is replaced at once when it is %s: the successor boots meanwhile", (_, nodes, instances) => {
    expect(replacements(threeSlots(nodes, THREE, instances))).toMatchObject([{ kind: "replace", slot: 1 }]);
  });

  it("waits for its node to go when its slot's record does not name that: its successor's record could not either", () => {
    // GIVEN
    const slots = [slotRecord(0), slotRecord(1, { nodeId: undefined }), slotRecord(2)];
    // WHEN / THEN
    expect(replacements(threeSlots(lost, slots, answer([dead(1)])))).toEqual([]);
  });

  it("waits for its node to go while the cluster forms: there a slot's record forgets the node before", () => {
    // GIVEN
    const forming = seen(publishedRecord({ phase: "forming" }));
    // WHEN / THEN
    expect(replacements({ ...threeSlots(lost, THREE, answer([dead(1)])), cluster: forming })).toEqual([]);
  });

  it("is replaced while the cluster forms, too, once its node is out", () => {
    // GIVEN
    const seenBy = {
      ...threeSlots(gone, THREE, answer([dead(1)])),
      cluster: seen(publishedRecord({ phase: "forming" })),
    };
    // WHEN / THEN
    expect(replacements(seenBy)).toHaveLength(1);
  });

  it.each([
    ["its node is a member that answers", [manager(0), manager(1), manager(2)], answer([dead(1)])],
    ["it shuts down, and its node is not Down", [manager(0), silent, manager(2)], answer([ending(1)])],
    ["it is stopped", gone, answer([slotInstance(1, { state: "stopped" })])],
    ["EC2 left it out", gone, answer([])],
    ["EC2 does not list the asker", gone, answer([dead(1)], [], false)],
  ])("is left alone while %s", (_, nodes, instances) => {
    expect(replacements(threeSlots(nodes, THREE, instances))).toEqual([]);
  });

  it("is not asked to be replaced twice in a minute", () => {
    // GIVEN
    const seenBy = threeSlots(gone, THREE, answer([dead(1)]));
    // WHEN / THEN
    expect(replacements(seenBy, memory({ replacedAt: { "i-1": NOW - 59_999 } }))).toEqual([]);
    expect(replacements(seenBy, memory({ replacedAt: { "i-1": NOW - 60_000 } }))).toHaveLength(1);
  });

  it("is no business of a manager that does not lead", () => {
    // GIVEN
    const self = manager(0, { manager: { leader: false, reachability: "reachable" } });
    const seenBy = { ...threeSlots(gone, THREE, answer([dead(1)])), docker: seen(leading([self, manager(2)])) };
    // WHEN / THEN
    expect(replacements(seenBy)).toEqual([]);
  });
});

describe("an instance that was launched for a slot and died before it took it", () => {
  const others = [slotRecord(0), slotRecord(2)];
  const gone = [manager(0), manager(2)];
  const newcomer = slotInstance(1, { instanceId: "i-new", state: "terminated" });
  const sees = (overrides: Partial<Observation> = {}, nodes: readonly SwarmNode[] = gone) =>
    leaderSees(nodes, {
      table: seen(table({ slots: THREE })),
      instances: answer([newcomer]),
      slotGroups: seen([{ group: "apps-manager-1", instanceIds: ["i-new"] }]),
      ...overrides,
    });
  const found = [{ kind: "replace", slot: 1, instanceId: "i-new", isHolder: false }];

  it("is replaced on Auto Scaling's word and EC2's, though it never wrote a record", () => {
    expect(replacements(sees())).toMatchObject(found);
  });

  it("is replaced when it was the first one of its slot, which has no record either", () => {
    expect(replacements(sees({ table: seen(table({ slots: others })) }))).toMatchObject(found);
  });

  it("is replaced when its slot was added after this manager was launched, and none of it ever said a word", () => {
    // GIVEN
    const slotGroups = seen([0, 1, 2, 3].map((slot) => ({ group: `apps-manager-${slot}`, instanceIds: ["i-new"] })));
    const nodes = [manager(0), manager(1), manager(2)];
    // WHEN / THEN
    expect(replacements(sees({ slotGroups }, nodes))).toMatchObject([
      { kind: "replace", slot: 3, instanceId: "i-new", isHolder: false },
    ]);
  });

  it.each([-86_400_000, 86_400_000])(
    "is replaced by a leader, and after an instance, whose clock is %i ms off",
    (skew) => {
      // GIVEN
      const record = { ...managerRecord(1), instanceId: "i-new", updatedAt: new Date(WALL + skew).toISOString() };
      // WHEN / THEN
      expect(replacements(sees({ table: seen(table({ slots: THREE, nodes: [record] })) }))).toMatchObject(found);
      expect(replacements(sees({ wallTime: WALL + skew }))).toMatchObject(found);
    },
  );

  it("is replaced while the cluster forms, too", () => {
    expect(replacements(sees({ cluster: seen(publishedRecord({ phase: "forming" })) }))).toMatchObject(found);
  });

  it.each([
    ["it lives", { instances: answer([slotInstance(1, { instanceId: "i-new" })]) }, undefined],
    ["EC2 left it out", { instances: answer([]) }, undefined],
    ["EC2 does not list the asker", { instances: answer([newcomer], [], false) }, undefined],
    ["its slot has a member", {}, [manager(0), manager(1), manager(2)]],
    [
      "its group does not list it any more",
      { slotGroups: seen([{ group: "apps-manager-1", instanceIds: [] }]) },
      undefined,
    ],
    [
      "its group is no slot's that is vacant",
      { slotGroups: seen([{ group: "apps-manager-2", instanceIds: ["i-new"] }]) },
      undefined,
    ],
    [
      "the slot is to stay empty",
      { table: seen(table({ slots: [...others, slotRecord(1, { retire: "remove" })] })) },
      undefined,
    ],
  ])("is left alone when %s", (_, overrides, nodes) => {
    expect(replacements(sees(overrides, nodes))).toEqual([]);
  });

  it("is not the holder of the slot, which is replaced as such", () => {
    // GIVEN
    const slotGroups = seen([{ group: "apps-manager-1", instanceIds: ["i-1"] }]);
    const seenBy = sees({ slotGroups, instances: answer([dead(1)]) });
    // WHEN / THEN
    expect(replacements(seenBy)).toMatchObject([{ slot: 1, instanceId: "i-1", isHolder: true }]);
    expect(replacements(seenBy, memory({ replacedAt: { "i-1": NOW } }))).toEqual([]);
  });

  it("is not the holder of the slot while its node is there, by its own word alone", () => {
    // GIVEN
    const slots = [...others, slotRecord(1, { nodeId: undefined })];
    const slotGroups = seen([{ group: "apps-manager-1", instanceIds: ["i-1"] }]);
    const nodes = [manager(0), candidate(1), manager(2)];
    const instances = answer([dead(1)]);
    const seenBy = sees({ table: seen(table({ slots, nodes: [managerRecord(1)] })), slotGroups, instances }, nodes);
    // WHEN / THEN
    expect(replacements(seenBy)).toEqual([]);
  });

  it("is not asked to be replaced twice in a minute", () => {
    expect(replacements(sees(), memory({ replacedAt: { "i-new": NOW - 59_999 } }))).toEqual([]);
    expect(replacements(sees(), memory({ replacedAt: { "i-new": NOW - 60_000 } }))).toMatchObject(found);
  });

  it("that EC2 does not know is dead once it was listed for over an hour, whatever the clock on the wall does", () => {
    // GIVEN
    const missing = (ago: number) =>
      memory({ notFound: { "i-new": { count: 3, at: NOW } }, listedSince: { "i-new": NOW - ago } });
    const seenBy = sees({ instances: answer([], ["i-new"]) });
    // WHEN / THEN
    expect(replacements(seenBy, missing(3_600_000))).toEqual([]);
    expect(replacements({ ...seenBy, wallTime: WALL + 86_400_000 }, missing(3_600_000))).toEqual([]);
    expect(replacements(seenBy, missing(3_600_001))).toMatchObject(found);
    expect(replacements(seenBy, memory({ notFound: { "i-new": { count: 3, at: NOW } } }))).toEqual([]);
  });
});
