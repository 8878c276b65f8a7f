import { describe, expect, test } from "vitest";
import type { InstanceState } from "../../lib/operations/instances";
import { type ClusterStatus, mergeStatus } from "../../lib/operations/status";
import type { MemberSummary, NodeRecord, SlotRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, managerRecord, nodeRecord, slotRecord, texts, WRITTEN_AT, worker } from "./fixtures";

const three = [manager(0), manager(1), manager(2)];

interface World {
  readonly members?: readonly MemberSummary[];
  readonly nodes?: readonly NodeRecord[];
  readonly slots?: readonly SlotRecord[];
  readonly instances?: Readonly<Record<string, InstanceState>>;
  /** Seconds after the records were written. */
  readonly after?: number;
}

function statusOf({ members = three, nodes = [], slots = [], instances, after = 0 }: World): ClusterStatus {
  return mergeStatus({
    target: APPS,
    record: cluster(members),
    records: { nodes, slots, tombstones: [] },
    now: Date.parse(WRITTEN_AT) + after * 1_000,
    instances: instances === undefined ? undefined : new Map(Object.entries(instances)),
  });
}

/** When a record was written, in seconds after the others. */
const at = (seconds: number): { updatedAt: string } => ({
  updatedAt: new Date(Date.parse(WRITTEN_AT) + seconds * 1_000).toISOString(),
});

describe("a swarm whose leader is lost", () => {
  const only = [manager(0), worker("general", 1)];
  const workers = [nodeRecord("general", 1, at(50))];

  test("fails when the only manager's silence is not told within 60 s", () => {
    const world = { members: only, nodes: [managerRecord(0), ...workers] };
    expect(texts(statusOf({ ...world, after: 57 }))).toEqual([]);
    const status = statusOf({ ...world, after: 59 });
    expect(status.quorum).toMatchObject({ members: 1, reachable: 0, margin: -1 });
    expect(texts(status)).toEqual([
      "quorum is lost: 0 of 1 managers reachable, 1 needed; it is the only manager: the swarm waits until i-m0 is back",
      "manager-0 is lost: nothing was heard of it for 59 s",
    ]);
    expect(status.nodes[0]).toMatchObject({ state: "unknown", leader: false, reachability: "unknown" });
  });

  test("tells of the only manager's terminated instance at once, and that the swarm went with it", () => {
    const status = statusOf({ members: only, nodes: [managerRecord(0)], instances: { "i-m0": "terminated" } });
    expect(texts(status)).toEqual([
      expect.stringMatching(/^quorum is lost: 0 of 1 .*the swarm is lost with it: destroy and deploy again/),
      "manager-0 is lost: its instance i-m0 is terminated",
    ]);
  });

  test("waits for the only manager's instance also where no record names it", () => {
    const away = manager(0, { instanceId: undefined, leader: false, reachability: "unreachable" });
    expect(texts(statusOf({ members: [away] }))[0]).toBe(
      "quorum is lost: 0 of 1 managers reachable, 1 needed; it is the only manager: the swarm waits until its instance is back",
    );
  });

  test("takes an instance EC2 no longer knows for lost, and one that boots not", () => {
    const world = { members: only, nodes: [managerRecord(0)] };
    expect(statusOf({ ...world, instances: { "i-m0": "missing" } }).quorum.margin).toBe(-1);
    expect(texts(statusOf({ ...world, instances: { "i-m0": "pending" } }))).toEqual([]);
    expect(texts(statusOf({ ...world, instances: {} }))).toEqual([]);
  });

  test("counts the managers that report an answer of the swarm, and no other", () => {
    // GIVEN the leader silent, and what the other two say
    const others = (state: NodeRecord["state"]) => [
      managerRecord(0),
      managerRecord(1, { ...at(60), state }),
      managerRecord(2, { ...at(60) }),
    ];
    // THEN
    expect(statusOf({ nodes: others("ready"), after: 70 }).quorum).toMatchObject({ reachable: 2, margin: 0 });
    const lost = statusOf({ nodes: others("joined"), after: 70 });
    expect(lost.quorum).toMatchObject({ reachable: 1, margin: -1 });
    expect(lost.faults[0]).toMatchObject({ command: "npx cdktf-swarm recover dev" });
  });
});

describe("a swarm that has its leader", () => {
  test("is not taken for one without quorum because agents are silent, which is told all the same", () => {
    const nodes = [managerRecord(0, at(60)), managerRecord(1), managerRecord(2)];
    const status = statusOf({ nodes, after: 70 });
    expect(status.quorum.margin).toBe(1);
    expect(texts(status)).toEqual(["manager-1 has not reported for 70 s", "manager-2 has not reported for 70 s"]);
  });

  test("loses a manager whose instance is stopped before its leader has noticed", () => {
    const status = statusOf({ instances: { "i-m0": "running", "i-m1": "stopped", "i-m2": "running" } });
    expect(status.quorum).toMatchObject({ members: 3, reachable: 2, margin: 0 });
    expect(texts(status)).toContain("manager-1 is lost: its instance i-m1 is stopped");
  });
});

describe("what goes on", () => {
  const four = [...three, manager(3)];

  test("names who is being retired or replaced, and why", () => {
    const slots = [
      slotRecord(1, { retire: "replace", retireReason: "its status checks fail" }),
      slotRecord(3, { retire: "remove" }),
    ];
    expect(statusOf({ members: four, slots }).underWay).toEqual([
      "manager-1 is being replaced (its status checks fail)",
      "manager-3 is being retired",
    ]);
  });

  test("tells of a retired instance what comes next, and forgets it once it is gone", () => {
    const slots = [slotRecord(3, { state: "retired", retire: "remove" })];
    const around = statusOf({ slots, instances: { "i-m3": "running" } });
    expect(around.underWay).toEqual([
      "manager-3 is retired: deploy with fewer slots to remove its instance, or take it back with `npx cdktf-swarm managers retire dev 3 --cancel`",
    ]);
    const gone = statusOf({ slots, instances: { "i-m3": "terminated" } });
    expect([gone.underWay, gone.faults, gone.nodes.length]).toEqual([[], [], 3]);
    expect(statusOf({ slots, after: 600 }).nodes).toHaveLength(3);
  });

  test("tells from which manager a swarm is started again", () => {
    const recovery = { slot: 2, instanceId: "i-m2", requestedAt: WRITTEN_AT };
    const status = mergeStatus({
      target: APPS,
      record: cluster(three, { phase: "recovering", recovery }),
      records: { nodes: [], slots: [], tombstones: [] },
      now: Date.parse(WRITTEN_AT),
    });
    expect(status.underWay).toEqual([
      `the swarm is being started again from manager-2 (i-m2), asked for at ${WRITTEN_AT}`,
    ]);
  });
});
