import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeRecords } from "../../lib/operations/registry-reader";
import { decideRetirement, type RetirementSources } from "../../lib/operations/retirement";
import { holds } from "../../lib/registry/change";
import type { ClusterRecord, MemberSummary, SlotRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, managerRecord, slotRecord, WRITTEN_AT, worker } from "./fixtures";

const readySlot = (slot: number, change: Partial<SlotRecord> = {}): SlotRecord =>
  slotRecord(slot, { state: "ready", ...change });
const slotsOf = (count: number, changes: Readonly<Record<number, Partial<SlotRecord>>> = {}): NodeRecords => ({
  nodes: [],
  slots: Array.from({ length: count }, (_, slot) => readySlot(slot, changes[slot])),
  tombstones: [],
});
const managersOf = (count: number): readonly MemberSummary[] =>
  Array.from({ length: count }, (_, slot) => manager(slot));

function sources(change: Partial<RetirementSources> & { readonly count?: number } = {}): RetirementSources {
  const { count = 3, ...rest } = change;
  return {
    target: APPS,
    slot: count - 1,
    wish: "remove",
    cluster: cluster([...managersOf(count), worker("general", 1)], { clusterId: "c" }),
    records: slotsOf(count),
    now: Date.parse(WRITTEN_AT),
    ...rest,
  };
}

function reasonsFor(change: Parameters<typeof sources>[0]): readonly string[] {
  const decision = decideRetirement(sources(change));
  return decision.kind === "refused" ? decision.reasons : [decision.kind];
}

describe("a retirement", () => {
  test("fails when it is written without what it was decided on", () => {
    const decision = decideRetirement(sources({ count: 5 }));
    expect(decision).toEqual({
      kind: "write",
      change: {
        updates: [
          {
            key: "slot#4",
            set: { retire: "remove", retireReason: "an operator asked for it" },
            when: [
              { field: "instanceId", is: "equal", value: "i-m4" },
              { field: "retire", is: "absent" },
            ],
          },
        ],
        checks: [
          {
            key: "cluster",
            when: [
              { field: "phase", is: "equal", value: "ready" },
              { field: "clusterId", is: "equal", value: "c" },
              { field: "generation", is: "equal", value: 0 },
            ],
          },
          ...[0, 1, 2, 3].map((slot) => ({ key: `slot#${slot}`, when: [{ field: "retire", is: "absent" }] })),
        ],
        confirmedBy: [
          { field: "instanceId", is: "equal", value: "i-m4" },
          { field: "retire", is: "equal", value: "remove" },
        ],
      },
    });
  });

  test("is refused for a slot that nobody holds, naming those there are", () => {
    expect(reasonsFor({ slot: 7 })).toEqual(["slot 7 has no instance: this cluster has slots 0, 1 and 2"]);
    const none = { nodes: [], slots: [], tombstones: [] };
    expect(reasonsFor({ cluster: cluster([]), records: none })).toEqual([
      "slot 2 has no instance: this cluster has slots none",
    ]);
  });

  test.each([
    [
      "forming",
      /^the cluster is forming, and managers are changed in a ready one only: see `npx cdktf-swarm status dev`$/,
    ],
    ["recovering", /^the cluster is recovering/],
    ["destroying", /^the cluster is destroying/],
  ] as const)("is refused while the cluster is %s", (phase, words) => {
    expect(reasonsFor({ cluster: cluster(managersOf(3), { phase }) })).toEqual([expect.stringMatching(words)]);
  });

  test("is refused where the registry was never seeded, or is written by a newer version", () => {
    expect(reasonsFor({ cluster: undefined })[0]).toContain("deploy again to seed it");
    const newer = "is of a newer version: update cdktf-swarm";
    expect(reasonsFor({ cluster: cluster(managersOf(3), { minWriter: 99 }) })[0]).toContain(newer);
    expect(reasonsFor({ records: slotsOf(3, { 2: { minWriter: 99 } }) })[0]).toContain(newer);
  });

  test.each([
    ["remove", "retired"],
    ["replace", "replaced"],
  ] as const)("is refused while another slot's %s is under way", (retire, doing) => {
    const records = slotsOf(3, { 1: { retire, retireReason: "its status checks fail" } });
    expect(reasonsFor({ records })).toEqual([
      `manager-1 is being ${doing} (its status checks fail): wait for it, or take it back with \`npx cdktf-swarm managers retire dev 1 --cancel\``,
    ]);
  });

  test("is not kept from happening by a slot that is out of the swarm already", () => {
    const members = cluster(managersOf(4), { clusterId: "c" });
    const records = slotsOf(5, { 4: { retire: "remove", state: "retired" } });
    const decision = decideRetirement(sources({ slot: 3, cluster: members, records }));
    expect(decision.kind).toBe("write");
    expect(decision.kind === "write" ? decision.change.checks?.at(-1) : undefined).toEqual({
      key: "slot#4",
      when: [{ field: "retire", is: "equal", value: "remove" }],
    });
  });

  test("is refused for a slot that is not the highest in the swarm, with both ways out", () => {
    expect(reasonsFor({ slot: 0 })).toEqual([
      "slot 0 is not the highest in the swarm, which is 2, and fewer slots means that the highest go: " +
        "`npx cdktf-swarm managers retire dev 2` to have fewer managers, " +
        "`npx cdktf-swarm managers replace dev 0` to have another instance in slot 0",
    ]);
  });

  test("is refused for the last manager", () => {
    expect(reasonsFor({ count: 1 })[0]).toBe("manager-0 is the last manager, and the swarm would be lost with it");
    expect(reasonsFor({ count: 1, wish: "replace" })).toEqual([
      "manager-0 is the only manager of the swarm, which would be lost with it: deploy with three",
    ]);
  });

  test("asks nothing twice, and is refused for a slot of which something else was asked", () => {
    const records = slotsOf(3, { 2: { retire: "remove" } });
    expect(reasonsFor({ records })).toEqual(["already asked"]);
    expect(reasonsFor({ records, wish: "replace" })).toEqual([expect.stringContaining("manager-2 is being retired")]);
  });
});

describe("the quorum of those that are left", () => {
  const without = (change: Partial<MemberSummary>) =>
    cluster([manager(0), manager(1, change), manager(2)], { clusterId: "c" });

  test.each([["remove"], ["replace"]] as const)("keeps a manager from its %s when it would not survive it", (wish) => {
    expect(reasonsFor({ wish, cluster: without({ reachability: "unreachable" }) })).toEqual([
      "quorum would not survive it: of the 2 managers that are left 2 must be reachable, " +
        "and 1 are (manager-1 is unreachable): mend these first",
    ]);
  });

  test("does not count on a manager that fell silent", () => {
    const records = slotsOf(3, { 1: { updatedAt: "2026-11-21T09:55:00.000Z" } });
    expect(reasonsFor({ records })[0]).toContain("(manager-1 has not reported for 5 min)");
  });

  test("counts on a manager whose own record is fresh, however old its slot's", () => {
    const stale = slotsOf(3, { 1: { updatedAt: "2026-11-21T09:55:00.000Z" } });
    expect(reasonsFor({ records: { ...stale, nodes: [managerRecord(1)] } })).toEqual(["write"]);
  });

  test("does not hold the silence of a slot's next instance against the member that is still there", () => {
    const records = slotsOf(3, { 1: { instanceId: "i-new", updatedAt: "2026-11-21T09:55:00.000Z" } });
    expect(reasonsFor({ records })).toEqual(["write"]);
  });

  test("lets a manager go that is itself unreachable", () => {
    const members = cluster([manager(0), manager(1), manager(2, { reachability: "unreachable" })]);
    expect(reasonsFor({ wish: "replace", cluster: members })).toEqual(["write"]);
  });

  test("does not miss an instance that never became a manager, nor one a recovery left behind", () => {
    const left = manager(1, { reachability: undefined, state: "down" });
    const members = cluster([manager(0), left], { generation: 1 });
    expect(reasonsFor({ slot: 1, wish: "replace", cluster: members })).toEqual(["write"]);
    expect(reasonsFor({ slot: 2, wish: "replace", cluster: members })).toEqual(["write"]);
  });

  test("is not asked for where an instance is no member of it, though it is lost", () => {
    const away = [manager(0), manager(1, { reachability: "unreachable" }), manager(2, { reachability: undefined })];
    expect(reasonsFor({ wish: "replace", cluster: cluster(away) })).toEqual(["write"]);
  });

  test("is never given up: of all states of up to seven managers", () => {
    const reachabilities = fc.array(fc.constantFrom("reachable", "unreachable", "unknown"), {
      minLength: 1,
      maxLength: 7,
    });
    fc.assert(
      fc.property(reachabilities, fc.nat({ max: 6 }), (states, pick) => {
        const slot = pick % states.length;
        const members = states.map((reachability, each) =>
          manager(each, { reachability: reachability as "reachable" }),
        );
        const decision = decideRetirement(
          sources({ slot, wish: "replace", cluster: cluster(members), records: slotsOf(states.length) }),
        );
        const left = states.filter((_, each) => each !== slot);
        const survives = left.filter((state) => state === "reachable").length * 2 > left.length;
        expect(decision.kind).toBe(survives ? "write" : "refused");
      }),
    );
  });
});

describe("taking a request back", () => {
  test("removes what was asked, as long as it is the same instance and request", () => {
    const records = slotsOf(3, { 1: { retire: "replace", retireReason: "its status checks fail" } });
    const decision = decideRetirement(sources({ slot: 1, wish: "cancel", records }));
    expect(decision).toMatchObject({
      kind: "write",
      change: { updates: [{ key: "slot#1", set: {}, remove: ["retire", "retireReason"] }] },
    });
    const when = decision.kind === "write" ? decision.change.updates[0].when : [];
    const holdsFor = (record: Readonly<Record<string, unknown>>) => when.every((condition) => holds(condition, record));
    expect(holdsFor({ instanceId: "i-m1", retire: "replace" })).toBe(true);
    expect(holdsFor({ instanceId: "i-m1", retire: "remove" })).toBe(false);
    expect(holdsFor({ instanceId: "i-new" })).toBe(false);
  });

  test("counts as made after an answer that was lost, once nothing is asked of the slot", () => {
    // GIVEN
    const records = slotsOf(3, { 1: { retire: "replace" } });
    // WHEN
    const decision = decideRetirement(sources({ slot: 1, wish: "cancel", records }));
    // THEN
    const confirmedBy = decision.kind === "write" ? (decision.change.confirmedBy ?? []) : [];
    const isMade = (record: Readonly<Record<string, unknown>>) =>
      confirmedBy.every((condition) => holds(condition, record));
    expect(isMade({ instanceId: "i-m1" })).toBe(true);
    expect(isMade({ instanceId: "i-m1", retire: "replace" })).toBe(false);
  });

  test.each([
    ["demoted, and not removed yet", { role: "worker", availability: "drain", reachability: undefined }, "refused"],
    ["drained only", { availability: "drain" }, "write"],
    ["a worker that waited to be promoted", { role: "worker", reachability: undefined }, "write"],
  ] as const)("of a node that is %s ends as: %s", (_, change, kind) => {
    const members = [manager(0), manager(1, { nodeId: "n1", ...change }), manager(2)];
    const records = slotsOf(3, { 1: { retire: "remove", nodeId: "n1" } });
    const decision = decideRetirement(sources({ slot: 1, wish: "cancel", cluster: cluster(members), records }));
    expect(decision.kind).toBe(kind);
    if (decision.kind === "refused") expect(decision.reasons.join()).toContain("wait until it is out of the swarm");
  });

  test("has nothing to write where nothing was asked", () => {
    expect(reasonsFor({ wish: "cancel" })).toEqual(["already asked"]);
  });
});

test("a cluster record without an id is not taken for one that has it", () => {
  const record: ClusterRecord = cluster(managersOf(3));
  const decision = decideRetirement(sources({ cluster: record }));
  const when = decision.kind === "write" ? decision.change.checks?.[0]?.when : [];
  expect(when).toContainEqual({ field: "clusterId", is: "absent" });
});
