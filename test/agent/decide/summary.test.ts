import { describe, expect, it } from "vitest";
import { nodesIn } from "../../../lib/agent/decide/summary";
import type { ActionOf } from "../../../lib/agent/model";
import type { SwarmNode } from "../../../lib/agent/ports";
import type { ClusterSummary } from "../../../lib/registry/records";
import { itemSize, LARGEST_ITEM } from "../../support/simulation/item-size";
import { decided, leaderSees, manager, publishedRecord, seen, table, WALL, worker, workerRecord } from "./given";

const place = { az: "eu-west-1a", pool: "general" };

function workers(count: number, overrides: Partial<SwarmNode> = {}): readonly SwarmNode[] {
  return Array.from({ length: count }, (_, index) =>
    worker(`w${index}${overrides.state ?? ""}`, { labels: place, ...overrides }),
  );
}

/** The summary the leader of these nodes publishes. */
function summaryOf(nodes: readonly SwarmNode[], records = table()): Omit<ClusterSummary, "updatedAt"> {
  const actions = decided(leaderSees([manager(0), ...nodes], { table: seen(records) }));
  const view = actions.find((action): action is ActionOf<"publish-view"> => action.kind === "publish-view");
  if (view === undefined) throw new Error("no view is published");
  return view.summary;
}

describe("the summary of a swarm", () => {
  it("lists every member up to a hundred", () => {
    const { members, counted } = summaryOf(workers(99));

    expect(members).toHaveLength(100);
    expect(counted).toBeUndefined();
  });

  it("counts those that are as they should be beyond that, and lists the others", () => {
    // GIVEN
    const drained = worker("drained", { availability: "drain", labels: place });
    const down = worker("down", { state: "down", labels: { ...place, pool: "batch" } });
    // WHEN
    const summary = summaryOf([...workers(200), down, drained]);
    // THEN
    expect(summary.members.map(({ nodeId }) => nodeId)).toEqual(["n0", "drained", "down"]);
    expect(summary.counted).toEqual([{ pool: "general", state: "ready", availability: "active", count: 200 }]);
    expect(nodesIn({ ...summary, updatedAt: "" })).toBe(203);
  });

  it("fits into a record that every node reads, however large the swarm and its trouble", () => {
    // GIVEN
    const nodes = [...workers(5_000), ...workers(3_000, { availability: "pause", state: "down" })];
    // WHEN
    const summary = summaryOf(nodes);
    // THEN
    expect(summary.members).toHaveLength(100);
    expect(summary.counted?.map(({ count }) => count)).toEqual([2_901, 5_000]);
    expect(summary.faults).toHaveLength(51);
    expect(itemSize({ summary })).toBeLessThan(LARGEST_ITEM / 10);
  });

  it("counts the nodes that reported lately and are no members", () => {
    // GIVEN
    const report = (name: string, ago: number) =>
      workerRecord({ instanceId: name, nodeId: undefined, updatedAt: new Date(WALL - ago).toISOString() });
    const records = table({ nodes: [workerRecord(), report("i-new", 0), report("i-gone", 180_000)] });
    // WHEN / THEN
    expect(summaryOf([worker("w1", { labels: place })], records).waiting).toBe(1);
    expect(summaryOf([worker("w1", { labels: place })], table({ nodes: [workerRecord()] })).waiting).toBeUndefined();
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
