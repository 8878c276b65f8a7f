import { describe, expect, it } from "vitest";
import { nodesIn } from "../../../../lib/agent/decide/upkeep/summary";
import {
  decided,
  leaderSees,
  manager,
  PLACE,
  publishedRecord,
  seen,
  summaryOf,
  table,
  WALL,
  worker,
  workerRecord,
  workers,
} from "../given";

describe("the summary of a swarm", () => {
  it("lists every member up to a hundred", () => {
    const { members, counted } = summaryOf(workers(99));

    expect(members).toHaveLength(100);
    expect(counted).toBeUndefined();
  });

  it("counts those that are as they should be beyond that, and lists the others", () => {
    // GIVEN
    const drained = worker("drained", { availability: "drain", labels: PLACE });
    const down = worker("down", { state: "down", labels: { ...PLACE, pool: "batch" } });
    // WHEN
    const summary = summaryOf([...workers(200), down, drained]);
    // THEN
    expect(summary.members.map(({ nodeId }) => nodeId)).toEqual(["n0", "drained", "down"]);
    expect(summary.counted).toEqual([{ pool: "general", state: "ready", availability: "active", count: 200 }]);
    expect(nodesIn({ ...summary, updatedAt: "" })).toBe(203);
  });

  it("lists members by their ids, so that the same swarm is the same view", () => {
    expect(summaryOf([worker("w2"), worker("w1")]).members.map(({ nodeId }) => nodeId)).toEqual(["n0", "w1", "w2"]);
  });

  it("counts the nodes that reported lately and are no members", () => {
    // GIVEN
    const report = (name: string, ago: number) =>
      workerRecord({ instanceId: name, nodeId: undefined, updatedAt: new Date(WALL - ago).toISOString() });
    const records = table({ nodes: [workerRecord(), report("i-new", 179_999), report("i-gone", 180_000)] });
    // WHEN / THEN
    expect(summaryOf([worker("w1", { labels: PLACE })], records).waiting).toBe(1);
    expect(summaryOf([worker("w1", { labels: PLACE })], table({ nodes: [workerRecord()] })).waiting).toBeUndefined();
  });

  it("does not count who has been silent for three minutes", () => {
    // GIVEN
    const silent = (name: string) =>
      workerRecord({ instanceId: name, nodeId: undefined, updatedAt: new Date(WALL - 180_000).toISOString() });
    // WHEN / THEN
    expect(summaryOf([], table({ nodes: [silent("i-1"), silent("i-2")] })).waiting).toBeUndefined();
  });

  it("tells of fifty faults and counts the others", () => {
    // GIVEN
    const paused = workers(52, { availability: "pause" });
    // WHEN
    const { faults = [] } = summaryOf(paused);
    // THEN
    expect(faults.slice(0, 50).every((fault) => fault.endsWith("is set to pause by hand"))).toBe(true);
    expect(faults.slice(50)).toEqual(["and 2 more"]);
  });

  it("is not written again while nothing changes", () => {
    // GIVEN
    const nodes = [manager(0), ...workers(200)];
    const summary = { ...summaryOf(workers(200)), updatedAt: "long ago" };
    const managers = [{ slot: 0, address: "10.0.0.1", nodeId: "n0" }];
    // WHEN
    const cluster = seen(publishedRecord({ managers, summary: JSON.parse(JSON.stringify(summary)) }));
    // THEN
    expect(decided(leaderSees(nodes, { cluster })).map(({ kind }) => kind)).toEqual([]);
  });
});
