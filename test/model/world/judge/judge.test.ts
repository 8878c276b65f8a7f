import { beforeEach, describe, expect, it } from "vitest";
import { type ClusterRecord, recordKey } from "../../../../lib/registry/records";
import { becomesWhole } from "../../end";
import type { Machine } from "../machine";
import type { Swarm } from "../swarm";
import { World } from "../world";

const MINUTE = 60_000;

let world: World;

/** Three managers and a worker in one swarm, left in peace by their agents. */
async function formed(): Promise<Swarm> {
  for (let slot = 0; slot < 3; slot++) world.launchManager(slot);
  world.launchWorker();
  await world.advance(10 * MINUTE, becomesWhole(world));
  for (const machine of world.machines) {
    world.stopAgent(machine);
    readNow(machine);
  }
  expect(world.judge.violations).toEqual([]);
  return world.swarms[0] as Swarm;
}

const at = (index: number) => world.machines[index] as Machine;
const idOf = (machine: Machine) => machine.swarmState.nodeId ?? "";
const worker = () => world.machines.find(({ settings }) => settings.role === "worker") as Machine;

/** As an agent that has just read the cluster record. */
function readNow(machine: Machine, phase = "ready"): void {
  const { now } = world.schedule;
  machine.sent = { at: now, reads: [{ at: now, phase, owner: machine.self.instanceId, generation: 0, minWriter: 1 }] };
}

/** What an agent writes into the cluster record. */
function write(set: Partial<ClusterRecord>): void {
  world.table.apply({ updates: [{ key: recordKey.cluster, set: set as never, when: [] }] }, "planted");
}

/** Demotes a member, and has that judged. */
function demote(swarm: Swarm, target: Machine): void {
  const margins = world.judge.acts.before(swarm);
  const node = swarm.nodes.get(idOf(target));
  swarm.update(idOf(target), node?.version ?? 0, { role: "worker" });
  world.judge.acts.roleChanged(at(0), swarm, idOf(target), margins);
}

const verdict = () => world.judge.violations.join("\n");

beforeEach(() => {
  world = new World(5, 3);
});

describe("a planted violation is seen:", () => {
  it("V1, of the phase, the epoch, the generation and the token's index", async () => {
    // GIVEN
    await formed();
    // WHEN
    write({ phase: "initializing" });
    write({ phase: "ready" });
    write({ epoch: 0 });
    write({ generation: 1 });
    write({ tokenIndex: 1 });
    // THEN
    expect(verdict()).toContain("V1 the phase goes from ready to initializing");
    expect(verdict()).toContain("V1 the epoch goes from");
    expect(verdict()).toContain("V1 generation 0 becomes 1");
    expect(verdict()).toContain("V1 the token index goes from");
  });

  it("V1, of a second cluster that was ready", async () => {
    // GIVEN
    await formed();
    // WHEN
    write({ clusterId: "swarm9" });
    // THEN
    expect(verdict()).toContain("V1 two clusters were ready");
  });

  it("V2, of two groups with a majority", async () => {
    // GIVEN
    const swarm = await formed();
    // WHEN
    const again = swarm.startAgain(idOf(at(0)), false);
    world.swarms.push(again);
    at(0).swarmState = { ...at(0).swarmState, swarm: again };
    world.judge.look();
    // THEN
    expect(verdict()).toContain("V2 two swarms have a majority: swarm0/0, swarm0/1");
  });

  it("V3, of a leave without a ground", async () => {
    // GIVEN
    await formed();
    // WHEN
    world.judge.acts.leaving(at(1));
    // THEN
    expect(verdict()).toContain("V3 manager-1 leaves");
  });

  it("V3, of a tombstone that says of a node that it was removed", async () => {
    // GIVEN
    await formed();
    const key = recordKey.removing(idOf(at(1)));
    // WHEN
    world.judge.acts.wrote(at(0), { updates: [{ key, set: { state: "removed" }, when: [] }] });
    // THEN
    expect(verdict()).toContain(`V3 manager-0 says that ${idOf(at(1))} was removed`);
  });

  it("V4, of two members for a slot", async () => {
    // GIVEN
    const swarm = await formed();
    const second = world.launchManager(0);
    world.stopAgent(second);
    // WHEN
    const node = swarm.admit(second, "manager");
    second.swarmState = { swarm, nodeId: node.id };
    world.judge.look();
    // THEN
    expect(verdict()).toContain("V4 a slot has two members");
    expect(verdict()).toContain("V4 4 members for 3 slots");
  });

  it("V4, of a node that is removed while it is a member", async () => {
    // GIVEN
    const swarm = await formed();
    const node = swarm.nodes.get(idOf(at(1)));
    if (node === undefined) throw new Error("no node");
    // WHEN
    world.judge.acts.removed(at(0), swarm, node);
    // THEN
    expect(verdict()).toContain("V4");
  });

  it("V5, of a dead manager's demotion that costs the margin", async () => {
    // GIVEN
    const swarm = await formed();
    world.terminate(at(2));
    const margins = world.judge.acts.before(swarm);
    const node = swarm.nodes.get(idOf(at(2)));
    swarm.update(idOf(at(2)), node?.version ?? 0, { role: "worker" });
    at(1).isolated = true;
    // WHEN
    world.judge.acts.roleChanged(at(0), swarm, idOf(at(2)), margins);
    // THEN
    expect(verdict()).toContain("V5 demoting");
  });

  it("V6, of a living manager that nobody retired", async () => {
    // GIVEN
    const swarm = await formed();
    // WHEN
    demote(swarm, at(1));
    // THEN
    expect(verdict()).toContain("V6");
  });

  it("V7, of a token of another cluster", async () => {
    // GIVEN
    await formed();
    const set = { token: "SWMTKN of another", clusterId: "swarm9" };
    // WHEN
    world.table.apply({ updates: [{ key: recordKey.workerToken, set, when: [] }] }, "planted");
    // THEN
    expect(verdict()).toContain("V7 the stored token is of swarm9");
  });

  it("V8, of a node that runs twice", async () => {
    // GIVEN
    await formed();
    // WHEN
    const copy = world.launchWorker();
    world.stopAgent(copy);
    copy.swarmState = at(1).swarmState;
    world.judge.look();
    // THEN
    expect(verdict()).toContain("V8");
  });

  it("V9, of an init without the claim", async () => {
    // GIVEN
    await formed();
    const { now } = world.schedule;
    at(1).sent = { at: now, reads: [{ at: now, phase: "initializing", owner: "another", minWriter: 1 }] };
    // WHEN
    world.judge.acts.founding(at(1));
    // THEN
    expect(verdict()).toContain("V9");
  });

  it("V10, of what a worker reads, writes and asks", async () => {
    // GIVEN
    await formed();
    // WHEN
    world.judge.acts.reading(worker(), recordKey.slot(0));
    world.judge.acts.writing(worker(), { updates: [{ key: recordKey.cluster, set: {}, when: [] }] });
    world.judge.acts.asking(worker(), "EC2");
    // THEN
    expect(verdict()).toContain("reads slot#0");
    expect(verdict()).toContain("writes cluster");
    expect(verdict()).toContain("asks EC2");
  });

  it.each([
    ["while the cluster is destroyed", () => readNow(at(0), "destroying")],
    [
      "long after the registry was read",
      () => {
        const { at: sentAt, reads } = at(0).sent;
        at(0).sent = { at: sentAt + 11_000, reads };
      },
    ],
  ])("V11, of a change %s", async (_, plant) => {
    // GIVEN
    const swarm = await formed();
    plant();
    // WHEN
    demote(swarm, at(1));
    // THEN
    expect(verdict()).toContain("V11");
  });

  it("V12, of the restart of a dockerd that works", async () => {
    // GIVEN
    await formed();
    // WHEN
    world.judge.acts.restarting(at(1));
    // THEN
    expect(verdict()).toContain("V12 manager-1");
  });

  it("L1, of a live node that is not in its place", async () => {
    // GIVEN
    await formed();
    const isWhole = becomesWhole(world);
    // WHEN
    world.launchWorker();
    // THEN
    expect(isWhole()).toBe(false);
  });

  it("P17, of a change in a cluster of newer agents", async () => {
    // GIVEN
    await formed();
    const { now } = world.schedule;
    at(0).sent = { at: now, reads: [{ at: now, phase: "ready", minWriter: 2 }] };
    // WHEN
    world.judge.acts.joining(at(0));
    // THEN
    expect(verdict()).toContain("P17");
  });

  it("P19, of the replacement of a living member, and of a second manager while the first is out", async () => {
    // GIVEN
    const swarm = await formed();
    world.crashDocker(at(2), 10 * MINUTE);
    await world.advance(MINUTE);
    readNow(at(0));
    // WHEN
    world.judge.acts.replacing(at(0), at(1));
    const set = { retire: "replace" };
    const change = { updates: [{ key: recordKey.slot(1), set, when: [] }] } as const;
    world.table.apply(change, "planted");
    world.judge.acts.wrote(at(0), change);
    // THEN
    expect(swarm.raft.hasQuorum()).toBe(true);
    expect(verdict()).toContain("P19 manager-0 has manager-1 replaced, which is a living manager");
    expect(verdict()).toContain("P19 manager-0 retires slot#1 while slot 2 is out");
  });

  it("P19, of a replacement by a leader that lost its majority and does not know it yet", async () => {
    // GIVEN
    const swarm = await formed();
    world.breakDocker(at(1));
    world.breakDocker(at(2));
    await world.advance(7_000);
    readNow(at(0));
    // WHEN
    world.judge.acts.replacing(at(0), at(2));
    // THEN
    expect(swarm.list(at(0)).find(({ id }) => id === idOf(at(0)))?.manager?.leader).toBe(true);
    expect(verdict()).toMatch(/P19 manager-0 has manager-2 replaced, .* s after its majority was lost/);
  });
});
