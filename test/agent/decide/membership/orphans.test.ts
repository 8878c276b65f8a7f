import { describe, expect, it } from "vitest";
import type { OwnedNodeRecord } from "../../../../lib/registry/records";

import { decided, leaderSees, manager, memory, NOW, said, seen, table, WALL, workerRecord } from "../given";

const MISSED_FOR = 30_000;
const SILENT_AFTER = 180_000;

/** What the leader sees when the swarm does not list the node of a record. */
const orphaned = (record: Partial<OwnedNodeRecord> = {}) =>
  leaderSees([manager(0)], { table: seen(table({ nodes: [workerRecord(record)] })) });
const missed = (ago: number) => memory({ missedSince: { w1: NOW - ago } });
const disowned = (...args: Parameters<typeof decided>) => decided(...args).filter(({ kind }) => kind === "disown");

describe("a node that reports and that the swarm does not list", () => {
  it("is disowned once the leader has missed it for thirty seconds", () => {
    expect(disowned(orphaned(), missed(MISSED_FOR))).toMatchObject([{ nodeId: "w1", clusterId: "c1", generation: 0 }]);
  });

  it.each([
    ["before", missed(MISSED_FOR - 1)],
    ["when it is missed for the first time", memory()],
  ])("is not disowned %s, and is told of", (_, remembered) => {
    expect(disowned(orphaned(), remembered)).toEqual([]);
    expect(said(orphaned(), remembered).reasons).toContain(
      "node w1 of i-w1 is up, and the swarm does not list it: it has to join again",
    );
  });

  it("is waited for no more once it is silent for three minutes", () => {
    // GIVEN
    const heard = (ago: number) => orphaned({ updatedAt: new Date(WALL - ago).toISOString() });
    // WHEN / THEN
    expect(disowned(heard(SILENT_AFTER - 1), missed(MISSED_FOR))).toHaveLength(1);
    expect(disowned(heard(SILENT_AFTER), missed(MISSED_FOR))).toEqual([]);
  });
});
