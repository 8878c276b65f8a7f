import { describe, expect, test } from "vitest";
import { assess } from "../../lib/operations/readiness";
import { mergeStatus } from "../../lib/operations/status";
import { explainTimeOut } from "../../lib/operations/time-out";
import type { ClusterRecord, MemberCount } from "../../lib/registry/records";
import { APPS, cluster, manager, nodeRecord, WRITTEN_AT, worker } from "./fixtures";

const managers = [manager(0), manager(1), manager(2)];

/** A swarm whose leader lists its managers and one worker that is down, and counts the others. */
function large(...counted: readonly Partial<MemberCount>[]): ClusterRecord {
  const counts = counted.map((each): MemberCount => {
    return { pool: "general", state: "ready", availability: "active", count: 0, ...each };
  });
  const members = [...managers, worker("general", 1, { state: "down" })];
  return cluster(members, { summary: { members, counted: counts, faults: [], updatedAt: WRITTEN_AT } });
}

describe("a swarm whose leader only counts most of its workers", () => {
  const expected = { managers: 3, pools: [{ name: "general", desired: 200 }] };
  const assessed = (record: ClusterRecord) => assess(expected, { cluster: record, slots: [] });

  test("fails when those that are counted do not count", () => {
    expect(assessed(large({ count: 200 })).ready).toBe(true);
    expect(assessed(large({ count: 200, pool: "other" })).ready).toBe(false);
  });

  test("fails when what is missing is not told", () => {
    expect(assessed(large({ count: 190 }, { count: 5, state: "down" })).reasons).toEqual([
      "pool general: 190 of 200 workers Ready (10.20.9.1 is down, 5 are down, 4 not joined yet)",
    ]);
  });

  test("fails when status takes a counted worker for one that has not joined", () => {
    // GIVEN
    const waiting = nodeRecord("general", 3, { state: "waiting", nodeId: undefined });
    const records = { nodes: [nodeRecord("general", 2), waiting], slots: [], tombstones: [] };
    const sources = { target: APPS, records, now: Date.parse(WRITTEN_AT) };
    // WHEN
    const status = mergeStatus({ ...sources, record: large({ count: 1 }) });
    // THEN
    const seen = Object.fromEntries(status.nodes.map(({ address, member }) => [address, member]));
    expect(seen).toMatchObject({ "10.20.9.1": true, "10.20.9.2": true, "10.20.9.3": false });
  });

  test("fails when status takes a worker that is leaving for a counted one", () => {
    // GIVEN
    const records = { nodes: [nodeRecord("general", 2, { state: "leaving" })], slots: [], tombstones: [] };
    // WHEN
    const status = mergeStatus({ target: APPS, records, now: Date.parse(WRITTEN_AT), record: large({ count: 1 }) });
    // THEN
    expect(status.nodes.find(({ address }) => address === "10.20.9.2")).toMatchObject({ member: false });
  });

  test("fails when status takes one that was removed by force for a counted worker", () => {
    // GIVEN
    const later = new Date(Date.parse(WRITTEN_AT) + 60_000).toISOString();
    const tombstones = [{ nodeId: "node-general2", state: "removed" as const, updatedAt: WRITTEN_AT }];
    const nodes = [nodeRecord("general", 2, { updatedAt: later }), nodeRecord("general", 3, { updatedAt: later })];
    const sources = { target: APPS, records: { nodes, slots: [], tombstones }, now: Date.parse(later) };
    // WHEN
    const { nodes: seen, faults } = mergeStatus({ ...sources, record: large({ count: 1 }) });
    // THEN
    expect(seen.filter(({ removed }) => removed).map(({ nodeId }) => nodeId)).toEqual(["node-general2"]);
    expect(faults.map(({ text }) => text)).toContain(
      "general 10.20.9.2 runs, and the swarm has no such node any more: it was removed by force",
    );
  });

  test("fails when a time-out sends to the logs of workers that are Ready", () => {
    // GIVEN
    const waiting = nodeRecord("general", 3, { state: "waiting", nodeId: undefined });
    const records = { nodes: [nodeRecord("general", 2), waiting], slots: [], tombstones: [] };
    const observed = { cluster: large({ count: 1 }), slots: [] };
    // WHEN
    const text = explainTimeOut({
      cluster: "apps",
      elapsedSeconds: 9,
      expected,
      observed,
      records,
      place: { kind: "lab" },
    });
    // THEN
    expect(text).not.toContain("i-general2");
    expect(text).toContain("i-general3");
  });
});
