import { describe, expect, it } from "vitest";
import { DRAIN_TIME } from "../../../../lib/agent/decide/membership/retire";
import type { SlotRecord } from "../../../../lib/registry/records";
import { managerSettings } from "../../../support/simulation/settings";
import {
  answer,
  candidate,
  DOWN,
  decided,
  leaderSees,
  manager,
  memory,
  NOW,
  observation,
  publishedRecord,
  said,
  seen,
  slotInstance,
  slotRecord,
  table,
} from "../given";

const drained = { availability: "drain" } as const;
const reached = memory({ drainedSince: { n1: NOW - DRAIN_TIME } });
const grave = { schema: 1, minWriter: 1, writeId: "w", nodeId: "n1", clusterId: "c1", updatedAt: "" };
const buried = { tombstones: [{ ...grave, state: "removing" as const }] };
const retired = (overrides: Partial<SlotRecord> = {}) => slotRecord(1, { retire: "replace", ...overrides });
const given = (
  nodes: Parameters<typeof leaderSees>[0],
  records: Partial<Parameters<typeof table>[0]> = {},
  slot: SlotRecord = retired(),
) => leaderSees(nodes, { table: seen(table({ slots: [slotRecord(0), slot, slotRecord(2)], ...records })) });
const steps = (...args: Parameters<typeof decided>) =>
  decided(...args).filter(({ kind }) => ["drain", "demote", "bury", "remove", "replace", "promote"].includes(kind));
const holder = { retiring: { slot: 1, instanceId: "i-1" } };

describe("the node of a retired slot", () => {
  it("is drained first", () => {
    expect(steps(given([manager(0), manager(1), manager(2)]))).toMatchObject([
      { kind: "drain", nodeId: "n1", version: 5, ...holder },
    ]);
  });

  it.each([
    ["has just been drained", memory({ drainedSince: { n1: NOW - DRAIN_TIME + 1 } })],
    ["was drained before this node led", memory()],
  ])("stays while it %s: its tasks move", (_, remembered) => {
    // GIVEN
    const seenBy = given([manager(0), manager(1, drained), manager(2)]);
    // WHEN / THEN
    expect(steps(seenBy, remembered)).toEqual([]);
    expect(said(seenBy, remembered).reasons.join()).toContain("its tasks move");
  });

  it("goes on before another one begins: who is demoted already, before who is drained", () => {
    // GIVEN
    const slots = [retired(), slotRecord(2, { retire: "replace" }), slotRecord(0)];
    const demoted = manager(2, { ...drained, role: "worker", manager: undefined });
    const seenBy = leaderSees([manager(0), manager(1, drained), demoted], { table: seen(table({ slots })) });
    // WHEN / THEN
    expect(steps(seenBy, reached)).toMatchObject([{ kind: "bury", nodeId: "n2" }]);
  });

  it("is demoted once it is drained", () => {
    expect(steps(given([manager(0), manager(1, drained), manager(2)]), reached)).toMatchObject([
      { kind: "demote", nodeId: "n1", ...holder },
    ]);
  });

  it("is taken out though it never connected, and only its address tells whose it is", () => {
    // GIVEN
    const lost = candidate(1, { state: "unknown", hostname: "" });
    // WHEN / THEN
    expect(steps(given([manager(0), lost, manager(2)], {}, retired({ nodeId: undefined })))).toMatchObject([
      { kind: "bury", nodeId: "n1", ...holder },
    ]);
  });

  it("stays while another slot has no manager, and no record either", () => {
    // GIVEN
    const seenBy = leaderSees([manager(0), manager(1)], { table: seen(table({ slots: [slotRecord(0), retired()] })) });
    // WHEN / THEN
    expect(steps(seenBy)).toEqual([]);
    expect(said(seenBy).reasons.join()).toContain("waiting for slot 2 to be filled");
  });

  it("is demoted without a drain when it is down", () => {
    // GIVEN
    const seenBy = given([manager(0), manager(1, DOWN), manager(2)]);
    // WHEN / THEN
    expect(steps(seenBy)).toMatchObject([{ kind: "demote", nodeId: "n1" }]);
  });

  it("is removed without another wait by the leader after the one that demoted itself", () => {
    // GIVEN
    const out = manager(1, { ...drained, role: "worker", manager: undefined });
    // WHEN / THEN
    expect(steps(given([manager(0), out, manager(2)], buried), memory())).toMatchObject([{ kind: "remove" }]);
  });

  it("is not demoted while the others have no majority without it", () => {
    // GIVEN
    const seenBy = given([manager(0), manager(1, drained), manager(2, DOWN)], {}, retired({ retire: "remove" }));
    // WHEN / THEN
    expect(steps(seenBy, reached)).toEqual([]);
    expect(said(seenBy, reached).reasons.join()).toContain("is not demoted");
  });

  it("is not replaced while another slot is out", () => {
    // GIVEN
    const others = [manager(0), manager(1, drained), manager(3), manager(4)];
    const slots = [slotRecord(0), retired(), slotRecord(2), slotRecord(3), slotRecord(4)];
    const seenBy = given(others, { slots });
    // WHEN / THEN
    expect(steps(seenBy, reached)).toEqual([]);
    expect(said(seenBy, reached).reasons.join()).toContain("waiting for slot 2 to be filled");
  });

  it("is not taken out before it has reported to a new leader: it may have tasks", () => {
    expect(steps(given([manager(0), manager(1, { state: "unknown" }), manager(2)]), reached)).toEqual([]);
  });

  it("waits for one that died on its way into Raft, and for which every other change waits", () => {
    // GIVEN
    const slots = [slotRecord(0), retired(), slotRecord(2, { retire: "replace" })];
    const seenBy = given([manager(0), manager(1, DOWN), manager(2, { ...DOWN, manager: undefined })], { slots });
    // WHEN / THEN
    expect(steps(seenBy)).toMatchObject([{ kind: "bury", nodeId: "n2" }]);
  });

  it("waits for one that is DOWN, which the majority can spare", () => {
    // GIVEN
    const slots = [slotRecord(0), retired({ retire: "remove" }), slotRecord(2, { retire: "remove" })];
    const seenBy = given([manager(0), manager(1, drained), manager(2, DOWN)], { slots });
    // WHEN / THEN
    expect(steps(seenBy, reached)).toMatchObject([{ kind: "demote", nodeId: "n2" }]);
  });

  it("is not demoted as the only manager", () => {
    // GIVEN
    const slots = [slotRecord(0, { retire: "replace" })];
    const seenBy = leaderSees([manager(0, drained)], { table: seen(table({ slots })) });
    // WHEN / THEN
    expect(steps(seenBy, memory({ drainedSince: { n0: 0 } }))).toEqual([]);
  });

  it("is not demoted while another manager changes its role", () => {
    expect(steps(given([manager(0), manager(1, drained), manager(2, { manager: undefined })]), reached)).toEqual([]);
  });

  it("is not removed right after its demotion, while it is in Raft", () => {
    expect(steps(given([manager(0), manager(1, { ...drained, role: "worker" }), manager(2)]), reached)).toEqual([]);
  });

  it("is given a tombstone, then removed though it is up, once it is out of Raft", () => {
    // GIVEN
    const out = manager(1, { ...drained, role: "worker", manager: undefined });
    // WHEN / THEN
    expect(steps(given([manager(0), out, manager(2)]), reached)).toMatchObject([{ kind: "bury", ...holder }]);
    expect(steps(given([manager(0), out, manager(2)], buried), reached)).toMatchObject([{ kind: "remove", ...holder }]);
  });

  it("is not promoted again before it is out", () => {
    // GIVEN
    const instances = answer([slotInstance(1)]);
    const seenBy = { ...given([manager(0), candidate(1, drained), manager(2)]), instances };
    // WHEN / THEN
    expect(steps(seenBy).map(({ kind }) => kind)).not.toContain("promote");
  });

  it("is one at a time: the one under way goes on before another one begins", () => {
    // GIVEN
    const slots = [slotRecord(0, { retire: "replace" }), retired(), slotRecord(2)];
    const seenBy = given([manager(0), manager(1, drained), manager(2)], { slots });
    // WHEN / THEN
    expect(steps(seenBy)).toEqual([]);
  });

  it("is no drift that an operator hears of", () => {
    expect(said(given([manager(0), manager(1, drained), manager(2)])).reasons.join()).not.toContain("by hand");
  });
});

describe("the instance of a retired slot", () => {
  it("is replaced once its node is out of the swarm, where another one is wanted", () => {
    expect(steps(given([manager(0), manager(2)]))).toMatchObject([{ kind: "replace", slot: 1, instanceId: "i-1" }]);
  });

  it("is replaced though another one cannot be taken out yet", () => {
    // GIVEN
    const slots = [slotRecord(0, { retire: "remove" }), retired()];
    // WHEN / THEN
    expect(steps(given([manager(0, drained)], { slots }), reached)).toMatchObject([{ kind: "replace", slot: 1 }]);
  });

  it("is not asked to be replaced twice in a minute", () => {
    expect(steps(given([manager(0), manager(2)]), memory({ replacedAt: { "i-1": NOW - 59_999 } }))).toEqual([]);
    expect(steps(given([manager(0), manager(2)]), memory({ replacedAt: { "i-1": NOW - 60_000 } }))).toHaveLength(1);
  });

  it("stays where the slot is to be empty, dead or alive", () => {
    // GIVEN
    const seenBy = given([manager(0), manager(2)], {}, retired({ retire: "remove" }));
    const instances = answer([slotInstance(1, { state: "terminated" })]);
    // WHEN / THEN
    expect(steps(seenBy)).toEqual([]);
    expect(steps({ ...seenBy, instances })).toEqual([]);
  });

  it.each(["remove", "replace"] as const)("does not join again while the slot says %s", (retire) => {
    // GIVEN
    const cluster = seen(publishedRecord());
    const seenBy = observation({ cluster, slot: seen(slotRecord(0, { retire, nodeId: undefined })) });
    // WHEN / THEN
    expect(decided(seenBy, memory(), managerSettings(0))).toEqual([]);
    expect(said(seenBy)).toMatchObject({ state: "retired" });
  });

  it("joins again once the request is taken back, by a record that is not older than ten seconds", () => {
    // GIVEN
    const cluster = seen(publishedRecord());
    const seenBy = observation({ cluster, slot: seen(slotRecord(0, { nodeId: undefined }), 4_000) });
    // WHEN
    const [join] = decided(seenBy, memory({ joinableSince: 0 }));
    // THEN
    expect(join).toMatchObject({ kind: "join", expiresAt: NOW + 6_000 });
  });
});
