import { describe, expect, it } from "vitest";
import { decided, leaderSees, manager, managerRecord, memory, NOW, seen, table, worker, workerRecord } from "../given";

const place = (index: number) => `10.${1 + Math.floor(index / 250)}.0.${index % 250}`;

/** A swarm of one manager and so many workers, of which the last one is missed in the list for so long. */
function missing(workers: number, missedFor: number) {
  const ids = Array.from({ length: workers }, (_, index) => `w${index}`);
  const gone = ids.at(-1) ?? "";
  const labels = { az: "eu-west-1a", pool: "general" };
  const nodes = ids.slice(0, -1).map((id, index) => worker(id, { labels, address: place(index) }));
  const records = ids.map((id, index) => workerRecord({ nodeId: id, instanceId: `i-${id}`, address: place(index) }));
  const given = leaderSees([manager(0), ...nodes], { table: seen(table({ nodes: [managerRecord(0), ...records] })) });
  return { gone, actions: decided(given, memory({ missedSince: { [gone]: NOW - missedFor } })) };
}

describe("a node that reports and that the swarm does not list", () => {
  it.each([5, 101, 500, 5_000])("is told that it was removed, in a swarm of %i workers", (workers) => {
    const { gone, actions } = missing(workers, 30_000);
    expect(actions).toContainEqual(expect.objectContaining({ kind: "disown", nodeId: gone }));
  });

  it("is not, as long as it may be younger than the list", () => {
    expect(missing(5, 29_999).actions.map(({ kind }) => kind)).not.toContain("disown");
  });
});
