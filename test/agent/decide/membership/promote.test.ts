import { describe, expect, it } from "vitest";
import { managerSettings } from "../../../support/simulation/settings";
import {
  answer,
  candidate,
  DOWN,
  decided,
  kinds,
  leaderSees,
  leading,
  manager,
  memory,
  NOW,
  publishedRecord,
  said,
  seen,
  slotInstance,
  slotRecord,
  table,
  worker,
} from "../given";

const SLOTS = table({ slots: [slotRecord(0), slotRecord(1), slotRecord(2)] });
const promotions = (...args: Parameters<typeof decided>) => decided(...args).filter(({ kind }) => kind === "promote");
const given = (nodes: Parameters<typeof leaderSees>[0], overrides: Parameters<typeof leaderSees>[1] = {}) =>
  leaderSees(nodes, { table: seen(SLOTS), instances: answer([slotInstance(1), slotInstance(2)]), ...overrides });

describe("the leader", () => {
  it("promotes the node of a slot, labelled with its place", () => {
    expect(promotions(given([manager(0), candidate(1)]))).toMatchObject([
      { slot: 1, nodeId: "n1", version: 5, instanceId: "i-1", clusterId: "c1", generation: 0, labels: { slot: "1" } },
    ]);
  });

  it("promotes in a forming cluster, too", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ phase: "forming" }));
    // WHEN / THEN
    expect(promotions(given([manager(0), candidate(1)], { cluster }))).toHaveLength(1);
  });

  it("promotes one node at a time, the lowest slot first", () => {
    expect(promotions(given([manager(0), candidate(2), candidate(1)]))).toMatchObject([{ slot: 1 }]);
  });

  it("says nothing of promotions while nobody waits for one", () => {
    // GIVEN
    const leaving = manager(1, { role: "worker" });
    // WHEN / THEN
    expect(said(given([manager(0), leaving])).reasons.filter((reason) => reason.includes("promotion"))).toEqual([]);
  });

  it("does not wait for a manager that a recovery left behind", () => {
    // GIVEN
    const nodes = [manager(0), candidate(1), manager(2, { manager: undefined, state: "down" })];
    const member = { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 1, nodeId: "n0" };
    const recovered = { cluster: seen(publishedRecord({ generation: 1 })), markers: { member } };
    // WHEN / THEN
    expect(promotions(given(nodes, recovered))).toMatchObject([{ slot: 1 }]);
    expect(promotions(given(nodes))).toEqual([]);
  });

  it.each([
    ["another promotion is under way", [manager(0), candidate(1), manager(2, { manager: undefined })]],
    ["a demotion is under way", [manager(0), candidate(1), manager(2, { role: "worker" })]],
    ["its predecessor is a node still", [manager(0), candidate(1), manager(1, { id: "old1", state: "down" })]],
    ["its predecessor is in the managers' list only", [manager(0), candidate(1), worker("old1", { state: "down" })]],
    ["the node is not Ready", [manager(0), candidate(1, { state: "down" })]],
    ["the node was demoted by hand", [manager(0), candidate(1, { labels: { slot: "1" } })]],
    [
      "the others would be without majority",
      [manager(0), unreachable(2), unreachable(3), unreachable(4), candidate(1)],
    ],
  ])("does not promote while %s", (_, nodes) => {
    // GIVEN
    const managers = [{ slot: 1, address: "10.0.0.9", nodeId: "old1" }];
    // WHEN / THEN
    expect(promotions(given(nodes, { cluster: seen(publishedRecord({ managers })) }))).toEqual([]);
  });

  it.each([
    ["EC2 has not answered", undefined],
    ["EC2 does not list the leader", answer([slotInstance(1)], [], false)],
    ["EC2 does not know the instance", answer([], ["i-1"])],
    ["the instance is stopped", answer([slotInstance(1, { state: "stopped" })])],
    ["the instance is in no group", answer([slotInstance(1, { autoScalingGroup: undefined })])],
    ["the instance is in another slot's group", answer([slotInstance(1, { autoScalingGroup: "apps-manager-2" })])],
    ["the instance is in a pool's group", answer([slotInstance(1, { autoScalingGroup: "apps-worker-general" })])],
    ["the instance has the workers' profile", answer([slotInstance(1, { instanceProfile: "apps-worker" })])],
    ["the instance has another address", answer([slotInstance(1, { privateAddress: "10.0.0.7" })])],
  ])("does not promote while %s, and says so", (_, instances) => {
    // GIVEN
    const seenBy = given([manager(0), candidate(1)], { instances });
    // WHEN / THEN
    expect(promotions(seenBy)).toEqual([]);
    expect(said(seenBy).reasons.join()).toContain("slot 1 is not promoted");
  });

  it("does not promote where neither the slot nor its instance has an Auto Scaling group", () => {
    // GIVEN
    const instances = answer([slotInstance(1, { autoScalingGroup: undefined })]);
    const settings = managerSettings(0, 3, { slotGroups: undefined });
    // WHEN / THEN
    expect(promotions(given([manager(0), candidate(1)], { instances }), memory(), settings)).toEqual([]);
  });

  it("says which predecessor it waits for", () => {
    // GIVEN
    const seenBy = given([manager(0), candidate(1), worker("old1", { labels: { slot: "1" } })]);
    // WHEN / THEN
    expect(said(seenBy).reasons).toContain("slot 1 is not promoted: its predecessor old1 is still there");
  });

  it.each([
    [600_000, 1],
    [599_999, 0],
  ])("counts a manager that has answered for %i ms, whatever its agent says, or does not (%i)", (ago, expected) => {
    // GIVEN
    const joining = [slotRecord(2, { state: "joining" }), slotRecord(3, { state: "joining" })];
    const slots = [slotRecord(0), slotRecord(1), ...joining];
    const seenBy = given([manager(0), candidate(1), manager(2), manager(3)], { table: seen(table({ slots })) });
    // WHEN / THEN
    expect(promotions(seenBy, memory({ reachableSince: { n2: NOW - ago } }))).toHaveLength(expected);
  });

  it("does not promote a node that connects from another address than its slot's instance has", () => {
    expect(promotions(given([manager(0), candidate(1, { address: "10.0.1.1" })]))).toEqual([]);
  });

  it.each([
    ["names another node", slotRecord(1, { nodeId: "n7" })],
    ["names no node", slotRecord(1, { nodeId: undefined })],
  ])("does not promote while the slot's record %s", (_, record) => {
    expect(
      promotions(given([manager(0), candidate(1)], { table: seen(table({ slots: [slotRecord(0), record] })) })),
    ).toEqual([]);
  });

  it.each([
    ["a slot that was added after its own instance was launched", {}, 1],
    ["no slot that is being retired", { retire: "remove" }, 0],
  ] as const)("promotes into %s", (_, difference, expected) => {
    // GIVEN
    const records = seen(table({ slots: [slotRecord(0), slotRecord(3, difference)] }));
    // WHEN / THEN
    expect(
      promotions(given([manager(0), candidate(3)], { table: records, instances: answer([slotInstance(3)]) })),
    ).toHaveLength(expected);
  });

  it("promotes the next candidate when the first one cannot be", () => {
    expect(
      promotions(given([manager(0), candidate(1), candidate(2)], { instances: answer([slotInstance(2)]) })),
    ).toMatchObject([{ slot: 2 }]);
  });

  it("lets a promotion expire ten seconds after the oldest thing it rests on", () => {
    // GIVEN
    const seenBy = given([manager(0), candidate(1)], { table: seen(SLOTS, 7_000) });
    // WHEN / THEN
    expect(promotions(seenBy)[0]?.expiresAt).toBe(seenBy.now + 3_000);
  });
});

describe("a manager that does not lead", () => {
  it("promotes nobody", () => {
    // GIVEN
    const self = manager(0, { manager: { leader: false, reachability: "reachable" } });
    const nodes = [self, candidate(1)];
    // WHEN / THEN
    expect(kinds(given(nodes, { docker: seen(leading(nodes)) }))).toEqual([]);
  });

  it("does not speak for a cluster that is not the recorded one", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ clusterId: "c2" }));
    // WHEN / THEN
    expect(kinds(given([manager(0), candidate(1)], { cluster }))).toEqual([]);
  });
});

function unreachable(slot: number) {
  return manager(slot, DOWN);
}
