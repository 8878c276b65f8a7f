import { describe, expect, it } from "vitest";
import {
  answer,
  DOWN,
  decided,
  leaderSees,
  manager,
  managerRecord,
  memory,
  NOW,
  publishedRecord,
  said,
  seen,
  slotInstance,
  slotRecord,
  table,
  WALL,
  worker,
  workerRecord,
} from "../given";

const DEAD_WORKER = { instanceId: "i-w1", state: "terminated" } as const;
const down = worker("w1", { state: "down" });
const unknown = worker("w1", { state: "unknown" });
const downManager = manager(1, DOWN);
const deadManager = slotInstance(1, { state: "terminated" });
const grave = (nodeId: string, state: "removing" | "removed" = "removing", clusterId = "c1") => ({
  schema: 1,
  minWriter: 1,
  writeId: "w",
  nodeId,
  clusterId,
  state,
  updatedAt: "",
});
const records = (...tombstones: readonly ReturnType<typeof grave>[]) =>
  seen(table({ slots: [slotRecord(0), slotRecord(1)], nodes: [workerRecord()], tombstones }));
const given = (nodes: Parameters<typeof leaderSees>[0], overrides: Parameters<typeof leaderSees>[1] = {}) =>
  leaderSees(nodes, { table: records(), instances: answer([DEAD_WORKER, deadManager]), ...overrides });
const removals = (...args: Parameters<typeof decided>) =>
  decided(...args).filter(({ kind }) => ["bury", "demote", "remove"].includes(kind));

describe("a dead worker", () => {
  it("is given a tombstone first", () => {
    expect(removals(given([manager(0), down]))).toMatchObject([{ kind: "bury", nodeId: "w1", clusterId: "c1" }]);
  });

  it("is removed once its tombstone is there", () => {
    expect(removals(given([manager(0), down], { table: records(grave("w1")) }))).toMatchObject([
      { kind: "remove", nodeId: "w1" },
    ]);
  });

  it("is removed to the end by the next leader, when the last one got no further than Docker", () => {
    expect(removals(given([manager(0)], { table: records(grave("w1")) }))).toMatchObject([
      { kind: "remove", nodeId: "w1" },
    ]);
  });

  it("is not removed again", () => {
    expect(removals(given([manager(0)], { table: records(grave("w1", "removed")) }))).toEqual([]);
  });
});

describe("a node that never comes back", () => {
  it.each(["unknown", "disconnected"] as const)("need not go Down first when it is %s and terminated", (state) => {
    expect(removals(given([manager(0), worker("w1", { state })]))).toMatchObject([{ kind: "bury", nodeId: "w1" }]);
  });

  it("is taken out as soon as it is Down, while its instance still shuts down", () => {
    // GIVEN
    const instances = answer([{ ...DEAD_WORKER, state: "shutting-down" }]);
    // WHEN / THEN
    expect(removals(given([manager(0), down], { instances }))).toMatchObject([{ kind: "bury", nodeId: "w1" }]);
  });

  it("is taken out though no record names its instance, if its slot was taken from that", () => {
    // GIVEN
    const slots = [slotRecord(0), slotRecord(1, { instanceId: "i-new", nodeId: undefined, predecessorNodeId: "n1" })];
    const seenBy = given([manager(0), manager(1, DOWN)], { table: seen(table({ slots })), instances: answer([]) });
    // WHEN / THEN
    expect(removals(seenBy)).toMatchObject([{ kind: "bury", nodeId: "n1" }]);
  });

  describe("of an instance that was another node by the time it ended", () => {
    const old = worker("w0", { state: "down" });
    const seenBy = (...nodes: readonly ReturnType<typeof workerRecord>[]) =>
      given([manager(0), old], { table: seen(table({ slots: [slotRecord(0)], nodes })) });

    it("is taken out: nobody else ever reported from its address", () => {
      expect(removals(seenBy(workerRecord()))).toMatchObject([
        { kind: "bury", nodeId: "w0", reason: "instance i-w1 is dead" },
      ]);
    });

    it("is taken out when the instance had reported, and ended before it could name its node", () => {
      const before = workerRecord({ nodeId: undefined, updatedAt: "2020-01-01T00:00:00Z" });
      expect(removals(seenBy(before))).toMatchObject([{ kind: "bury", nodeId: "w0" }]);
    });

    it("is left alone when it was promoted since: a registry that was restored may know only who was there before", () => {
      const promoted = worker("w0", { state: "down", labels: { slot: "1" } });
      const nodes = [workerRecord({ updatedAt: "2020-01-01T00:00:00Z" })];
      const seenNow = given([manager(0), promoted], { table: seen(table({ slots: [slotRecord(0)], nodes })) });
      expect(removals(seenNow)).toEqual([]);
    });

    it("is left alone when it is a manager by hand, and the report is older than it", () => {
      const promoted = worker("w0", { state: "down", role: "manager" });
      const nodes = [workerRecord({ updatedAt: "2020-01-01T00:00:00Z" })];
      const seenNow = given([manager(0), promoted], { table: seen(table({ slots: [slotRecord(0)], nodes })) });
      expect(removals(seenNow)).toEqual([]);
    });

    it.each([
      ["another instance had the address, too", [workerRecord(), workerRecord({ instanceId: "i-w2", nodeId: "w2" })]],
      ["the instance had another address", [workerRecord({ address: "10.0.1.9" })]],
    ])("is left alone when %s", (_, nodes) => {
      expect(removals(seenBy(...nodes))).toEqual([]);
    });
  });

  it("is demoted while it is Ready still, once Raft does not hear it and its instance is terminated", () => {
    // GIVEN
    const silent = manager(1, { manager: { leader: false, reachability: "unreachable" } });
    const seenBy = given([manager(0), silent, manager(2)], { table: records(grave("n1")) });
    // WHEN / THEN
    expect(removals(seenBy)).toMatchObject([{ kind: "demote", nodeId: "n1" }]);
  });
});

describe("a node is not removed", () => {
  it.each([
    ["it is Ready", worker("w1"), answer([DEAD_WORKER])],
    ["it is unknown, and its instance shuts down", unknown, answer([{ ...DEAD_WORKER, state: "shutting-down" }])],
    ["it is unknown, and EC2 does not list the asker", unknown, answer([DEAD_WORKER], [], false)],
    ["EC2 was not asked", down, undefined],
    ["EC2 answered nothing", down, answer([], ["i-w1"], false)],
    ["EC2 does not know it", down, answer([], ["i-w1"])],
    ["its instance runs", down, answer([{ ...DEAD_WORKER, state: "running" }])],
    ["its instance is stopped", down, answer([{ ...DEAD_WORKER, state: "stopped" }])],
  ])("while %s", (_, node, instances) => {
    expect(removals(given([manager(0), node], { instances }))).toEqual([]);
  });

  it("while no record says which instance it is", () => {
    expect(removals(given([manager(0), down], { table: seen(table()) }))).toEqual([]);
  });

  it("while two records claim it", () => {
    // GIVEN
    const nodes = [workerRecord(), workerRecord({ instanceId: "i-liar" })];
    // WHEN / THEN
    expect(removals(given([manager(0), down], { table: seen(table({ nodes })) }))).toEqual([]);
  });

  it.each([
    [3, 3_600_001, 1],
    [2, 3_600_001, 0],
    [3, 3_599_999, 0],
  ])("unless EC2 missed it %i times and it is %i ms old (%i)", (count, age, expected) => {
    // GIVEN
    const old = worker("w1", { state: "down", createdAt: WALL - age });
    const remembered = memory({ notFound: { "i-w1": { count, at: 0 } } });
    // WHEN / THEN
    expect(removals(given([manager(0), old], { instances: answer([], ["i-w1"]) }), remembered)).toHaveLength(expected);
  });
});

describe("a node that never connected", () => {
  it.each([
    [3_600_001, 600_000, 1],
    [3_600_000, 600_000, 0],
    [3_600_001, 599_999, 0],
    [3_600_001, 0, 0],
  ])("for %i ms, of which this leader saw %i, is taken away or not (%i)", (age, seenFor, expected) => {
    // GIVEN
    const ghost = worker("g1", { state: "unknown", hostname: "", address: "", createdAt: WALL - age });
    const remembered = memory({ namelessSince: { g1: NOW - seenFor } });
    // WHEN / THEN
    expect(removals(given([manager(0), ghost]), remembered)).toHaveLength(expected);
  });
});

describe("a node that never connected and whose instance is dead", () => {
  it.each([
    ["terminated", 1],
    ["running", 0],
    ["stopped", 0],
  ] as const)("while that is %s is taken away at once or not (%i)", (state, expected) => {
    // GIVEN
    const nameless = worker("n1", { state: "unknown", hostname: "", address: "", createdAt: WALL });
    const instances = answer([slotInstance(1, { state })]);
    const slots = table({ slots: [slotRecord(0), slotRecord(1)] });
    // WHEN / THEN
    expect(removals(given([manager(0), nameless], { instances, table: seen(slots) }))).toHaveLength(expected);
  });
});

describe("a node that never connected, for two minutes", () => {
  it.each([
    ["terminated", 120_000, 1],
    ["terminated", 119_999, 0],
    ["running", 120_000, 0],
  ] as const)("while the only other instance that ever reported is %s: %i ms, taken away or not (%i)", (...row) => {
    // GIVEN
    const [state, seenFor, expected] = row;
    const ghost = worker("g1", { state: "unknown", hostname: "", address: "", createdAt: WALL });
    const instances = answer([{ instanceId: "i-w1", state }]);
    const nodes = [managerRecord(0), workerRecord({ nodeId: undefined })];
    const seenBy = given([manager(0), ghost], { instances, table: seen(table({ slots: [slotRecord(0)], nodes })) });
    // WHEN / THEN
    expect(removals(seenBy, memory({ namelessSince: { g1: NOW - seenFor } }))).toHaveLength(expected);
  });

  it("is left alone while it is a member of Raft", () => {
    // GIVEN
    const raft = { role: "manager", manager: { leader: false, reachability: "unreachable" } } as const;
    const ghost = worker("g1", { state: "unknown", hostname: "", address: "", createdAt: WALL, ...raft });
    const instances = answer([{ instanceId: "i-w1", state: "terminated" }]);
    const nodes = [managerRecord(0), workerRecord({ nodeId: undefined })];
    const seenBy = given([manager(0), ghost], { instances, table: seen(table({ slots: [slotRecord(0)], nodes })) });
    // WHEN / THEN
    expect(removals(seenBy, memory({ namelessSince: { g1: NOW - 120_000 } }))).toEqual([]);
  });
});

describe("a node that EC2 has not known for long", () => {
  it.each([
    ["never connected", "", 1],
    ["connected once, and may again", "host-n1", 0],
  ])("and that %s is taken away or not (%i)", (_, hostname, expected) => {
    // GIVEN
    const silent = worker("n1", { state: "unknown", hostname, address: "10.0.0.2" });
    const remembered = memory({ notFound: { "i-1": { count: 99, at: NOW } } });
    // WHEN / THEN
    expect(removals(given([manager(0), silent], { instances: answer([], ["i-1"]) }), remembered)).toHaveLength(
      expected,
    );
  });
});

describe("a dead manager", () => {
  const buried = { table: records(grave("n1")) };

  it("is demoted once its tombstone is there", () => {
    expect(removals(given([manager(0), downManager, manager(2)], buried))).toMatchObject([
      { kind: "demote", nodeId: "n1", version: 5 },
    ]);
  });

  it("waits for one that died on its way into Raft, and for which every other change waits", () => {
    // GIVEN
    const stray = { ...downManager, id: "n3", manager: undefined };
    const record = { ...managerRecord(3), instanceId: "i-1", address: stray.address };
    const seenBy = given([manager(0), downManager, manager(2), stray], {
      table: seen(table({ ...buried.table.value, nodes: [...buried.table.value.nodes, record] })),
    });
    // WHEN / THEN
    expect(removals(seenBy)).toMatchObject([{ kind: "bury", nodeId: "n3" }]);
  });

  it("is not removed right after its demotion, while it is in Raft", () => {
    // GIVEN
    const leaving = { ...downManager, role: "worker" as const };
    const seenBy = given([manager(0), leaving, manager(2)], buried);
    // WHEN / THEN
    expect(removals(seenBy)).toEqual([]);
    expect(said(seenBy).reasons).toContain("waiting for n1 to leave Raft");
  });

  it("goes before one that is on its way out already, if it never got into Raft", () => {
    // GIVEN
    const leaving = { ...downManager, role: "worker" as const };
    const stray = { ...downManager, id: "n3", manager: undefined };
    const record = { ...managerRecord(3), instanceId: "i-1", address: stray.address };
    const seenBy = given([manager(0), leaving, manager(2), stray], {
      table: seen(table({ ...buried.table.value, nodes: [...buried.table.value.nodes, record] })),
    });
    // WHEN / THEN
    expect(removals(seenBy)).toMatchObject([{ kind: "bury", nodeId: "n3" }]);
  });

  it("is removed once it is out of Raft", () => {
    // GIVEN
    const out = { ...downManager, role: "worker" as const, manager: undefined };
    // WHEN / THEN
    expect(removals(given([manager(0), out, manager(2)], buried))).toMatchObject([{ kind: "remove", nodeId: "n1" }]);
  });

  it("that never got into Raft is removed without being demoted", () => {
    // GIVEN
    const never = { ...downManager, manager: undefined };
    // WHEN / THEN
    expect(removals(given([manager(0), never, manager(2)], buried))).toMatchObject([{ kind: "remove", nodeId: "n1" }]);
  });

  it("is not demoted while the others are without majority", () => {
    // GIVEN
    const alsoDown = manager(2, DOWN);
    const seenBy = given([manager(0), downManager, alsoDown, manager(3, alsoDown), manager(4, alsoDown)], buried);
    // WHEN / THEN
    expect(removals(seenBy)).toEqual([]);
    expect(said(seenBy).reasons.join()).toContain("is not demoted");
  });

  it("is not demoted while it still answers in Raft", () => {
    // GIVEN
    const ghost = { ...downManager, manager: { leader: false, reachability: "reachable" as const } };
    // WHEN / THEN
    expect(removals(given([manager(0), ghost, manager(2)], buried))).toEqual([]);
  });

  it("is not demoted while another manager changes its role", () => {
    const seenBy = given([manager(0), downManager, manager(2, { role: "worker" })], buried);
    expect(removals(seenBy)).toEqual([]);
    expect(said(seenBy).reasons).toContain("no demotion while n2 changes its role");
  });

  it("keeps its successor from being promoted until it is gone", () => {
    // GIVEN
    const successor = worker("new1", { address: "10.0.0.8" });
    const slots = [slotRecord(0), slotRecord(1, { instanceId: "i-new", nodeId: "new1", address: "10.0.0.8" })];
    const instances = answer([slotInstance(1, { instanceId: "i-new", privateAddress: "10.0.0.8" })]);
    const seenBy = given([manager(0), downManager, manager(2), successor], {
      table: seen(table({ slots })),
      instances,
    });
    // WHEN / THEN
    expect(decided(seenBy).map(({ kind }) => kind)).not.toContain("promote");
  });
});

describe("the dead of another cluster", () => {
  it("mean nothing here", () => {
    expect(removals(given([manager(0)], { table: records(grave("w9", "removing", "c0")) }))).toEqual([]);
  });

  it("are not removed while the cluster forms under another leader", () => {
    expect(removals(given([manager(0), down], { cluster: seen(publishedRecord({ clusterId: "c2" })) }))).toEqual([]);
  });
});
