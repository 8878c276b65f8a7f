import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assess, type ExpectedSwarm, type ObservedSwarm } from "../../lib/operations/readiness";
import type { MemberSummary } from "../../lib/registry/records";
import { cluster, manager, slotRecord, worker } from "./fixtures";

const expected: ExpectedSwarm = { managers: 3, pools: [{ name: "general", desired: 2 }] };
const managers = [manager(0), manager(1), manager(2)];
const workers = [worker("general", 1), worker("general", 2)];

/** What is said of one subject. */
function text(observed: ObservedSwarm, subject: string, swarm = expected): string | undefined {
  return assess(swarm, observed).lines.find((line) => line.subject === subject)?.text;
}

describe("assess", () => {
  test("is ready when every slot has a reachable manager and every pool its workers", () => {
    // WHEN
    const report = assess(expected, { cluster: cluster([...managers, ...workers]), slots: [] });
    // THEN
    expect(report).toMatchObject({ ready: true, reasons: [] });
    expect(report.lines.map((line) => `${line.subject}: ${line.text}`)).toEqual([
      "swarm: has a leader, manager-0",
      "slot 0: Ready, leader, 10.20.0.10",
      "slot 1: Ready, reachable, 10.20.1.10",
      "slot 2: Ready, reachable, 10.20.2.10",
      "pool general: 2 of 2 workers Ready",
    ]);
  });

  test.each([
    ["unclaimed", "waiting for a manager to claim the cluster"],
    ["initializing", "being initialised by i-m1"],
    ["forming", "forming, 3 of 3 managers reachable"],
    ["recovering", "recovering, 3 of 3 managers reachable"],
    ["destroying", "destroying, 3 of 3 managers reachable"],
  ] as const)("is not ready in phase %s although all nodes are there", (phase, words) => {
    // WHEN
    const observed = { cluster: cluster([...managers, ...workers], { phase, owner: "i-m1" }), slots: [] };
    // THEN
    expect(assess(expected, observed).reasons).toEqual([`swarm: ${words}`]);
  });

  test("is not ready without a cluster record", () => {
    expect(text({ slots: [] }, "swarm")).toContain("waiting for the registry's cluster record");
  });

  test("is not ready while the registry cannot be read, whatever was read before", () => {
    // WHEN
    const report = assess(expected, { cluster: cluster([...managers, ...workers]), slots: [], problem: "throttled" });
    // THEN
    expect(report.reasons).toEqual(["swarm: throttled"]);
  });

  test("does not miss a slot whose instance was retired and lives", () => {
    // GIVEN
    const retired = [slotRecord(2, { retire: "remove", state: "retired" })];
    const left = cluster([manager(0), manager(1), ...workers]);
    // THEN
    expect(assess(expected, { cluster: left, slots: retired, heard: [2] }).ready).toBe(true);
    const leaving = cluster([manager(0), manager(1), manager(2, { role: "worker", state: "down" }), ...workers]);
    expect(assess(expected, { cluster: leaving, slots: retired }).ready).toBe(true);
  });

  test("misses a slot that was retired once, until another instance is there", () => {
    const before = [slotRecord(2, { retire: "remove", state: "retired" })];
    const left = cluster([manager(0), manager(1), ...workers]);
    expect(assess(expected, { cluster: left, slots: before }).reasons).toEqual([
      "slot 2: was retired; waiting to hear from its instance or its replacement",
    ]);
    const booting = [slotRecord(2, { instanceId: "i-new", state: "booting", step: "" })];
    expect(assess(expected, { cluster: left, slots: booting, heard: [2] }).reasons).toEqual(["slot 2: booting"]);
  });

  test("is ready with three managers after the slots above were retired and are gone", () => {
    const slots = [3, 4].map((slot) => slotRecord(slot, { retire: "remove", state: "retired" }));
    expect(assess(expected, { cluster: cluster([...managers, ...workers]), slots }).ready).toBe(true);
  });

  test("is not ready with no leader or with two", () => {
    const withLeaders = (...leaders: number[]): ObservedSwarm => ({
      cluster: cluster([...[0, 1, 2].map((slot) => manager(slot, { leader: leaders.includes(slot) })), ...workers]),
      slots: [],
    });
    expect(assess(expected, withLeaders()).reasons).toEqual(["swarm: waiting for a leader"]);
    expect(assess(expected, withLeaders(1, 2)).reasons).toEqual(["swarm: 2 nodes are reported as leader"]);
  });

  test("says what a slot's instance is waiting for, and its error", () => {
    const slots = [slotRecord(1), slotRecord(2, { step: undefined, state: "failed", error: "no route to 10.20.0.10" })];
    const observed = { cluster: cluster([manager(0)]), slots };
    expect(text(observed, "slot 1")).toBe("joining (waiting for the worker token)");
    expect(text(observed, "slot 2")).toBe("failed: no route to 10.20.0.10");
  });

  test("says so when nothing was heard of a slot", () => {
    expect(text({ cluster: cluster([]), slots: [] }, "slot 2")).toBe("nothing heard of its instance yet");
  });

  test.each([
    [{ state: "unknown" }, "unknown, reachable, 10.20.1.10"],
    [{ state: "down", reachability: "unreachable" }, "down, unreachable, 10.20.1.10"],
    [{ reachability: undefined }, "ready, reachability unknown, 10.20.1.10"],
  ] as const)("is not ready with a manager of which Docker says %j", (change, words) => {
    const observed = { cluster: cluster([manager(0), manager(1, change), manager(2), ...workers]), slots: [] };
    expect(assess(expected, observed).reasons).toEqual([`slot 1: ${words}`]);
  });

  test("is not ready with as many workers as desired of which one is down", () => {
    const down = worker("general", 2, { state: "down" });
    const observed = { cluster: cluster([...managers, worker("general", 1), down]), slots: [] };
    expect(assess(expected, observed).reasons).toEqual(["pool general: 1 of 2 workers Ready (10.20.9.2 is down)"]);
  });

  test("believes a manager in trouble more than what the last leader wrote of it", () => {
    // GIVEN the quorum is lost, and nobody can correct the summary
    const error = "the swarm does not have a leader";
    const slots = [slotRecord(0, { state: "joined", step: "manager without an answer from the swarm", error })];
    // WHEN
    const report = assess(expected, { cluster: cluster([...managers, ...workers]), slots });
    // THEN
    expect(report.reasons).toEqual([`slot 0: joined (manager without an answer from the swarm): ${error}`]);
  });

  test.each([
    { state: "ready", error: "a hook was not completed yet" },
    { state: "joined", error: undefined },
  ] as const)("does not wait for a manager whose word is only late: %j", (change) => {
    const observed = { cluster: cluster([...managers, ...workers]), slots: [slotRecord(1, change)] };
    expect(assess(expected, observed).ready).toBe(true);
  });

  test("does not take a worker in a manager slot for a manager", () => {
    const observed = {
      cluster: cluster([manager(0), manager(1, { role: "worker", reachability: undefined })]),
      slots: [],
    };
    expect(text(observed, "slot 1")).toBe("joined as a worker, waiting to be promoted");
    expect(assess(expected, observed).ready).toBe(false);
  });

  test("does not count the member of an instance the slot no longer belongs to", () => {
    // GIVEN slot 1 was taken over, and the leader still lists the instance before
    const observed = {
      cluster: cluster([...managers, ...workers]),
      slots: [slotRecord(1, { instanceId: "i-new", step: "booting" })],
    };
    // THEN
    expect(assess(expected, observed).reasons).toEqual(["slot 1: joining (booting)"]);
  });

  test("takes the new member of a slot when the old one is still listed", () => {
    // GIVEN
    const old = manager(1, { nodeId: "old", instanceId: "i-old", state: "down", reachability: "unreachable" });
    const observed = { cluster: cluster([old, ...managers, ...workers]), slots: [slotRecord(1)] };
    // THEN
    expect(assess(expected, observed).ready).toBe(true);
  });

  test("tells the workers of a pool that are down from those that never came", () => {
    const observed = { cluster: cluster([...managers, worker("general", 1, { state: "down" })]), slots: [] };
    expect(text(observed, "pool general")).toBe("0 of 2 workers Ready (10.20.9.1 is down, 1 not joined yet)");
  });

  test("does not blame workers for waiting for the managers", () => {
    const observed = { cluster: cluster([], { phase: "forming" }), slots: [] };
    expect(text(observed, "pool general")).toBe("0 of 2 workers Ready (they join once the managers are ready)");
  });

  test("does not count the workers of another pool, nor managers", () => {
    const observed = { cluster: cluster([...managers, worker("other", 1), worker("other", 2)]), slots: [] };
    expect(assess(expected, observed).reasons).toEqual(["pool general: 0 of 2 workers Ready (2 not joined yet)"]);
  });

  test("is ready with more workers than desired, one of them down", () => {
    const extra = worker("general", 3, { state: "down" });
    expect(assess(expected, { cluster: cluster([...managers, ...workers, extra]), slots: [] }).ready).toBe(true);
  });

  test("is ready with a pool that wants no workers", () => {
    const none = { managers: 3, pools: [{ name: "idle", desired: 0 }] };
    expect(assess(none, { cluster: cluster(managers), slots: [] }).ready).toBe(true);
  });
});

const anyMember: fc.Arbitrary<MemberSummary> = fc.record({
  nodeId: fc.constantFrom("a", "b", "c"),
  instanceId: fc.constantFrom("i-m0", "i-m1", "i-m2", undefined),
  role: fc.constantFrom("manager", "worker"),
  slot: fc.constantFrom(0, 1, 2, undefined),
  pool: fc.constantFrom("general", "other", undefined),
  address: fc.constant("10.20.0.1"),
  state: fc.constantFrom("ready", "down", "unknown", "disconnected"),
  availability: fc.constantFrom("active", "pause", "drain"),
  leader: fc.boolean(),
  reachability: fc.constantFrom("reachable", "unreachable", "unknown", undefined),
});

/** Observations that are often near to ready: the good swarm with some members lost and some strange ones added. */
const anyObserved: fc.Arbitrary<ObservedSwarm> = fc.record({
  cluster: fc
    .tuple(
      fc.subarray([...managers, ...workers]),
      fc.array(anyMember, { maxLength: 4 }),
      fc.constantFrom("ready", "ready", "ready", "forming", "unclaimed"),
    )
    .map(([good, strange, phase]) => cluster([...good, ...strange], { phase })),
  slots: fc.subarray([slotRecord(0), slotRecord(1), slotRecord(2), slotRecord(1, { instanceId: "i-other" })]),
});

const anyExpected: fc.Arbitrary<ExpectedSwarm> = fc.record({
  managers: fc.constantFrom(1, 3),
  pools: fc.constantFrom([], [{ name: "general", desired: 1 }], [{ name: "general", desired: 2 }]),
});

function membersOf(observed: ObservedSwarm): readonly MemberSummary[] {
  return observed.cluster?.summary?.members ?? [];
}

function withMembers(observed: ObservedSwarm, members: readonly MemberSummary[]): ObservedSwarm {
  return { ...observed, cluster: cluster(members, { phase: observed.cluster?.phase ?? "ready" }) };
}

describe("assess, for any observation", () => {
  test("is never ready when a slot lacks a reachable and Ready manager", () => {
    const losses: readonly Partial<MemberSummary>[] = [
      { role: "worker" },
      { slot: undefined },
      { state: "down" },
      { state: "unknown" },
      { reachability: "unreachable" },
      { reachability: "unknown" },
      { reachability: undefined },
    ];
    fc.assert(
      fc.property(anyExpected, anyObserved, fc.nat(), fc.constantFrom(...losses), (swarm, observed, number, loss) => {
        const slot = number % swarm.managers;
        const members = membersOf(observed).map((member) => (member.slot === slot ? { ...member, ...loss } : member));
        expect(assess(swarm, withMembers(observed, members)).ready).toBe(false);
      }),
    );
  });

  test("is never ready when a pool has fewer Ready workers than desired", () => {
    fc.assert(
      fc.property(anyObserved, fc.nat({ max: 4 }), (observed, more) => {
        const isReady = (member: MemberSummary): boolean =>
          member.role === "worker" && member.pool === "general" && member.state === "ready";
        const desired = membersOf(observed).filter(isReady).length + 1 + more;
        expect(assess({ managers: 1, pools: [{ name: "general", desired }] }, observed).ready).toBe(false);
      }),
    );
  });

  test("is never ready in another phase than ready, nor without exactly one leader", () => {
    fc.assert(
      fc.property(anyExpected, anyObserved, (swarm, observed) => {
        const leaders = membersOf(observed).filter((member) => member.leader === true).length;
        if (observed.cluster?.phase === "ready" && leaders === 1) return;
        expect(assess(swarm, observed).ready).toBe(false);
      }),
    );
  });

  test("stays ready when fewer workers or fewer managers are expected, and when another worker joins", () => {
    fc.assert(
      fc.property(anyExpected, anyObserved, (swarm, observed) => {
        if (!assess(swarm, observed).ready) return;
        const fewerWorkers = {
          ...swarm,
          pools: swarm.pools.map(({ name, desired }) => ({ name, desired: desired - 1 })),
        };
        expect(assess(fewerWorkers, observed).ready).toBe(true);
        expect(assess({ ...swarm, managers: 1 }, observed).ready).toBe(true);
        const joined = withMembers(observed, [...membersOf(observed), worker("general", 77)]);
        expect(assess(swarm, joined).ready).toBe(true);
      }),
    );
  });

  test("does not become ready by losing a member that is not a second leader", () => {
    fc.assert(
      fc.property(anyExpected, anyObserved, fc.nat(), (swarm, observed, number) => {
        const members = membersOf(observed);
        const lost = members[number % Math.max(1, members.length)];
        if (lost === undefined || lost.leader === true || assess(swarm, observed).ready) return;
        const without = withMembers(
          observed,
          members.filter((member) => member !== lost),
        );
        expect(assess(swarm, without).ready).toBe(false);
      }),
    );
  });

  test("says something of the swarm, every slot and every pool, and gives a reason exactly when not ready", () => {
    fc.assert(
      fc.property(anyExpected, anyObserved, (swarm, observed) => {
        const report = assess(swarm, observed);
        expect(report.lines).toHaveLength(1 + swarm.managers + swarm.pools.length);
        expect(report.lines.every((line) => line.text !== "")).toBe(true);
        expect(report.ready).toBe(report.reasons.length === 0);
      }),
    );
  });
});
