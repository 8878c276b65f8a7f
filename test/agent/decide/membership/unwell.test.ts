import { describe, expect, it } from "vitest";
import type { Observation } from "../../../../lib/agent/model";
import type { SlotRecord } from "../../../../lib/registry/records";
import { managerSettings } from "../../../support/simulation/settings";
import {
  answer,
  candidate,
  DOWN,
  manager,
  memory,
  NOW,
  publishedRecord,
  replacements,
  said,
  seen,
  slotInstance,
  slotRecord,
  THREE,
  threeSlots,
  WALL,
} from "../given";

describe("a living instance of a slot", () => {
  const all = [manager(0), manager(1), manager(2)];
  const impaired = (...times: readonly [slot: number, ago: number][]) =>
    memory({ impairedSince: Object.fromEntries(times.map(([slot, ago]) => [`i-${slot}`, NOW - ago])) });
  const downFor = (ago: number) => memory({ downSince: { n1: NOW - ago } });
  const withChecks = (seenBy: Observation): Observation => ({
    ...seenBy,
    statusChecks: seen([{ instanceId: "i-1", checks: "impaired" }]),
  });

  it("is retired once its status checks fail for five minutes, and not before", () => {
    expect(replacements(withChecks(threeSlots(all)), impaired([1, 299_999]))).toEqual([]);
    expect(replacements(withChecks(threeSlots(all)), impaired([1, 300_000]))).toMatchObject([
      { kind: "retire-slot", slot: 1, instanceId: "i-1", why: "i-1 has failed its status checks for 5 min" },
    ]);
  });

  it("is said to be in the way when the others are not enough without it", () => {
    // GIVEN
    const seenBy = withChecks(threeSlots([manager(0), manager(1), manager(2, DOWN)]));
    // WHEN / THEN
    expect(said(seenBy, impaired([1, 300_000])).reasons).toContain(
      "slot 1 is not replaced though i-1 has failed its status checks for 5 min: 1 of the 2 other managers are well",
    );
  });

  it("is retired for its status checks while EC2 does not list it, and its node is there", () => {
    // GIVEN
    const seenBy = threeSlots(all, THREE, answer([slotInstance(2)]));
    // WHEN / THEN
    expect(replacements(withChecks(seenBy), impaired([1, 300_000]))).toMatchObject([{ kind: "retire-slot", slot: 1 }]);
  });

  it.each(["stopping", "stopped"] as const)(
    "is retired for its status checks while it is %s: it may run again",
    (state) => {
      // GIVEN
      const seenBy = threeSlots(all, THREE, answer([slotInstance(1, { state }), slotInstance(2)]));
      // WHEN / THEN
      expect(replacements(withChecks(seenBy), impaired([1, 300_000]))).toMatchObject([
        { kind: "retire-slot", slot: 1 },
      ]);
    },
  );

  it("is retired by a look at its status checks that is not older than ten seconds", () => {
    // GIVEN
    const seenBy = { ...threeSlots(all), statusChecks: seen([], 4_000) };
    // WHEN / THEN
    expect(replacements(seenBy, impaired([1, 300_000]))[0]?.expiresAt).toBe(NOW + 6_000);
  });

  it("is retired once its node is down for ten minutes while it runs, and not before", () => {
    // GIVEN
    const seenBy = threeSlots([manager(0), manager(1, DOWN), manager(2)]);
    // WHEN / THEN
    expect(replacements(seenBy, downFor(599_999))).toEqual([]);
    expect(replacements(seenBy, downFor(600_000))).toMatchObject([{ kind: "retire-slot", slot: 1 }]);
  });

  it("is retired once it runs for ten minutes without a node in the swarm, and not before", () => {
    // GIVEN
    const without = (ago: number) => memory({ vacantSince: { "i-1": NOW - ago } });
    const seenBy = threeSlots(
      [manager(0), manager(2)],
      [slotRecord(0), slotRecord(1, { nodeId: undefined }), slotRecord(2)],
    );
    // WHEN / THEN
    expect(replacements(seenBy, without(599_999))).toEqual([]);
    expect(replacements(seenBy, without(600_000))).toMatchObject([
      { kind: "retire-slot", slot: 1, why: "i-1 is running, but has not been a swarm node for 10 min" },
    ]);
  });

  it("is retired once it is to connect for ten minutes after it joined", () => {
    // GIVEN
    const nameless = candidate(1, { state: "unknown", hostname: "", createdAt: WALL });
    const remembered = memory({ namelessSince: { n1: NOW - 600_000 } });
    // WHEN / THEN
    expect(replacements(threeSlots([manager(0), nameless, manager(2)]), remembered)).toMatchObject([
      { kind: "retire-slot", slot: 1 },
    ]);
  });

  it("is not retired for checks that failed before it was gone: nobody says that they pass again", () => {
    // GIVEN
    const instances = answer([slotInstance(2)], ["i-1"]);
    // WHEN / THEN
    expect(replacements(threeSlots([manager(0), manager(2)], THREE, instances), impaired([1, 300_000]))).toEqual([]);
  });

  it("is not retired while another slot has no manager, and no record either", () => {
    // GIVEN
    const slots = [0, 1, 2, 3].map((slot) => slotRecord(slot));
    const seenBy = threeSlots([manager(0), manager(1), manager(2), manager(3)], slots);
    // WHEN / THEN
    expect(replacements(seenBy, impaired([1, 300_000]), managerSettings(0, 5))).toEqual([]);
  });

  it.each(["stopped", "stopping"] as const)("is not retired while it is %s", (state) => {
    // GIVEN
    const instances = answer([slotInstance(1, { state })]);
    // WHEN / THEN
    expect(
      replacements(threeSlots([manager(0), manager(1, DOWN), manager(2)], THREE, instances), downFor(600_000)),
    ).toEqual([]);
  });

  it("is one at a time: of two that are unwell, neither, and an operator is told why", () => {
    // GIVEN
    const remembered = impaired([1, 300_000], [2, 300_000]);
    const seenBy = withChecks(threeSlots(all));
    // WHEN / THEN
    expect(replacements(seenBy, remembered)).toEqual([]);
    expect(said(seenBy, remembered).reasons.join()).toContain("slot 1 is not replaced though i-1 has failed");
  });

  it.each([
    ["has just begun to fail its checks", all, THREE, impaired([1, 300_000], [2, 1_000])],
    ["is not reachable", [manager(0), manager(1), manager(2, DOWN)], THREE, impaired([1, 300_000])],
    [
      "is being replaced itself",
      all,
      [THREE[0], THREE[1], slotRecord(2, { retire: "replace" })],
      impaired([1, 300_000]),
    ],
    ["has not joined yet", [manager(0), manager(1)], THREE, impaired([1, 300_000])],
  ] as const)("is not retired while another manager %s", (_, nodes, slots, remembered) => {
    expect(
      replacements(withChecks(threeSlots(nodes, slots as readonly SlotRecord[])), remembered).filter(
        ({ kind }) => kind === "retire-slot",
      ),
    ).toEqual([]);
  });

  it("is retired when it is DOWN, though another one is to be replaced: that one waits", () => {
    // GIVEN
    const slots = [THREE[0], THREE[1], slotRecord(2, { retire: "replace" })] as readonly SlotRecord[];
    const seenBy = threeSlots([manager(0), manager(1, DOWN), manager(2)], slots);
    // WHEN / THEN
    expect(replacements(seenBy, downFor(600_000))).toMatchObject([{ kind: "retire-slot", slot: 1 }]);
  });

  it("is retired whatever the others are when it is down and never became a member", () => {
    // GIVEN
    const nodes = [manager(0), manager(1, { state: "down", manager: undefined }), candidate(2)];
    // WHEN / THEN
    expect(replacements(threeSlots(nodes), downFor(600_000))).toMatchObject([{ kind: "retire-slot", slot: 1 }]);
  });

  it("is never retired as the only manager", () => {
    // GIVEN
    const seenBy = threeSlots([manager(0)], [slotRecord(0)]);
    // WHEN / THEN
    expect(replacements(seenBy, impaired([0, 900_000]))).toEqual([]);
  });

  it("is not retired before the cluster is ready", () => {
    // GIVEN
    const seenBy = { ...withChecks(threeSlots(all)), cluster: seen(publishedRecord({ phase: "forming" })) };
    // WHEN / THEN
    expect(replacements(seenBy, impaired([1, 300_000]))).toEqual([]);
  });

  it("does not count a slot that is to stay empty among the others", () => {
    // GIVEN
    const slots = [...THREE, slotRecord(3, { retire: "remove", nodeId: undefined })];
    // WHEN / THEN
    expect(replacements(withChecks(threeSlots(all, slots)), impaired([1, 300_000]))).toHaveLength(1);
  });
});
