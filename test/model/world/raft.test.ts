import { beforeEach, describe, expect, it } from "vitest";
import { managerSettings } from "../../support/simulation/settings";
import * as dockerd from "./dockerd";
import type { Machine } from "./machine";
import type { Swarm } from "./swarm";
import { World } from "./world";

const SECOND = 1_000;

let world: World;
let swarm: Swarm;
let machines: Machine[];

const UNLOCKED = { ...managerSettings(0).swarm, address: "", autolock: false };
const LOCKED = { ...UNLOCKED, autolock: true };

/** Machines without agents. */
function machine(): Machine {
  const made = world.launchWorker();
  world.stopAgent(made);
  return made;
}

const pass = (milliseconds: number) => world.advance(milliseconds);

/** Whether something is rejected, and with which words. */
const refusal = (attempt: () => unknown): string => {
  try {
    attempt();
    return "";
  } catch (error) {
    return String(error);
  }
};

async function join(joiner: Machine, token: string, to = machines[0]): Promise<string> {
  let heard = "nothing";
  const options = { address: joiner.address, manager: to?.address ?? "", token };
  dockerd.join(world, joiner, options, (outcome) => {
    heard = "error" in outcome ? outcome.error.message : "joined";
  });
  await pass(5 * SECOND);
  return heard;
}

async function promote(joined: Machine): Promise<void> {
  const { nodeId = "" } = joined.swarmState;
  swarm.update(nodeId, swarm.nodes.get(nodeId)?.version ?? 0, { role: "manager" });
  await pass(5 * SECOND);
}

async function formed(count: number): Promise<void> {
  const founder = machine();
  machines = [founder];
  dockerd.init(world, founder, UNLOCKED, () => {});
  await pass(2 * SECOND);
  swarm = founder.swarmState.swarm as Swarm;
  for (let index = 1; index < count; index++) {
    const next = machine();
    await join(next, swarm.token);
    await promote(next);
    machines.push(next);
  }
}

const idOf = (index: number) => machines[index]?.swarmState.nodeId ?? "";
const at = (index: number) => machines[index] as Machine;
const versionOf = (id: string) => swarm.nodes.get(id)?.version ?? 0;

beforeEach(() => {
  world = new World(1, 3);
});

describe("F1: a join that fails within 20 seconds", () => {
  it("leaves a ghost in Raft if it was a manager's, which costs a swarm of one its majority for ever", async () => {
    // GIVEN
    await formed(1);
    const joiner = machine();
    joiner.joinFails = true;
    // WHEN
    const heard = await join(joiner, swarm.managerToken);
    await pass(600 * SECOND);
    // THEN
    expect(heard).toBe("context deadline exceeded");
    expect(joiner.dockerState).toBe("inactive");
    expect(swarm.raft.members.size).toBe(2);
    expect(swarm.raft.hasQuorum()).toBe(false);
    expect(refusal(() => dockerd.writable(at(0)))).toContain("does not have a leader");
  });

  it("leaves no more than a node object if it was a worker's", async () => {
    // GIVEN
    await formed(1);
    const joiner = machine();
    joiner.joinFails = true;
    // WHEN
    await join(joiner, swarm.token);
    // THEN
    expect([...swarm.nodes.values()].map(({ connected }) => connected)).toEqual([true, false]);
    expect(swarm.raft.hasQuorum()).toBe(true);
  });
});

describe("F2: the removal of a node", () => {
  it("is refused while it is Ready, and not any more when a new leader has not heard of it yet", async () => {
    // GIVEN
    await formed(3);
    const worker = machine();
    await join(worker, swarm.token);
    const id = worker.swarmState.nodeId ?? "";
    expect(refusal(() => swarm.remove(id))).toContain("not down");
    // WHEN
    world.crashDocker(at(0), 600 * SECOND);
    const elected = () => swarm.raft.leader !== undefined && swarm.raft.leader !== idOf(0);
    await world.advance(60 * SECOND, elected);
    // THEN
    expect(swarm.nodes.get(id)?.state).toBe("unknown");
    expect(refusal(() => swarm.remove(id))).toBe("");
  });

  it("succeeds once it is to be a worker, and leaves a ghost in Raft that no list shows", async () => {
    // GIVEN
    await formed(3);
    world.crashDocker(at(2), 600 * SECOND);
    await pass(20 * SECOND);
    // WHEN
    swarm.update(idOf(2), versionOf(idOf(2)), { role: "worker" });
    swarm.remove(idOf(2));
    // THEN
    expect(swarm.raft.members.has(idOf(2))).toBe(true);
    expect(swarm.list(at(0)).map(({ id }) => id)).not.toContain(idOf(2));
  });
});

describe("F3: the demotion of a manager", () => {
  it("fails when it is not in Raft, and the removal works at once", async () => {
    // GIVEN
    await formed(1);
    const joiner = machine();
    await join(joiner, swarm.token);
    const id = joiner.swarmState.nodeId ?? "";
    swarm.update(id, versionOf(id), { role: "manager" });
    world.crashDocker(joiner, 600 * SECOND);
    await pass(20 * SECOND);
    // WHEN / THEN
    expect(refusal(() => swarm.update(id, versionOf(id), { role: "worker" }))).toContain("raft memberlist");
    expect(refusal(() => swarm.remove(id))).toBe("");
  });

  it("is refused where it would cost the majority", async () => {
    // GIVEN
    await formed(3);
    world.crashDocker(at(2), 600 * SECOND);
    // WHEN / THEN
    expect(refusal(() => swarm.update(idOf(1), versionOf(idOf(1)), { role: "worker" }))).toContain("loss of quorum");
  });
});

it("F4: a removed node is refused, over a restart too, until it leaves", async () => {
  // GIVEN
  await formed(1);
  const worker = machine();
  await join(worker, swarm.token);
  // WHEN
  swarm.remove(worker.swarmState.nodeId ?? "", { force: true });
  // THEN
  expect(dockerd.status(world, worker)).toMatchObject({ state: "error", error: "node was removed from swarm" });
  world.crashDocker(worker, SECOND);
  await pass(5 * SECOND);
  expect(dockerd.status(world, worker).state).toBe("error");
  dockerd.leave(world, worker);
  expect(await join(worker, swarm.token)).toBe("joined");
});

it("F5: a token is refused by another swarm, and by its own once that has another authority", async () => {
  // GIVEN
  await formed(1);
  const { token } = swarm;
  // WHEN
  swarm.rotateAuthority();
  await pass(5 * SECOND);
  // THEN
  expect(await join(machine(), token)).toBe("remote CA does not match fingerprint");
  expect(await join(machine(), swarm.token)).toBe("joined");
});

describe("the log", () => {
  it("is applied by each member in its own time, and makes nobody leader who lacks a part of it", async () => {
    // GIVEN
    await formed(3);
    await pass(20 * SECOND);
    at(2).isolated = true;
    for (let change = 0; change < 5; change++) swarm.rotateToken();
    expect(swarm.raft.appliedBy(idOf(2))).toBeLessThan(swarm.raft.length);
    // WHEN
    at(2).isolated = false;
    world.crashDocker(at(0), 600 * SECOND);
    await world.advance(60 * SECOND, () => swarm.raft.leader === idOf(1) || swarm.raft.leader === idOf(2));
    // THEN
    expect(swarm.raft.leader).toBe(idOf(1));
    expect(swarm.raft.term).toBeGreaterThan(1);
  });

  it("tells a member that was cut off nothing of its removal: it holds itself for a manager", async () => {
    // GIVEN
    await formed(3);
    await pass(20 * SECOND);
    at(2).isolated = true;
    await pass(20 * SECOND);
    // WHEN
    swarm.update(idOf(2), versionOf(idOf(2)), { role: "worker" });
    await pass(10 * SECOND);
    // THEN
    expect(swarm.raft.members.has(idOf(2))).toBe(false);
    expect(swarm.raft.knowsItself(idOf(2))).toBe(true);
    at(2).isolated = false;
    await pass(10 * SECOND);
    expect(swarm.raft.knowsItself(idOf(2))).toBe(false);
  });
});

describe("a leader that was cut off", () => {
  it("answers for ten seconds more with what it knew, and commits nothing", async () => {
    // GIVEN
    await formed(3);
    at(0).isolated = true;
    await pass(2 * SECOND);
    // WHEN / THEN
    expect(swarm.list(at(0)).find(({ id }) => id === idOf(0))?.manager?.leader).toBe(true);
    expect(refusal(() => dockerd.writable(at(0)))).toContain("does not have a leader");
    await pass(10 * SECOND);
    expect(refusal(() => swarm.list(at(0)))).toContain("does not have a leader");
  });

  it("is followed by one of the majority before it knows: two say to lead", async () => {
    // GIVEN
    await formed(3);
    at(0).isolated = true;
    // WHEN
    await world.advance(60 * SECOND, () => swarm.raft.leader === idOf(1) || swarm.raft.leader === idOf(2));
    // THEN
    const leaderSeenBy = (index: number) => swarm.list(at(index)).find(({ manager }) => manager?.leader)?.id;
    expect(leaderSeenBy(1)).toBe(swarm.raft.leader);
    expect(leaderSeenBy(0)).toBe(idOf(0));
  });
});

describe("a manager of a locked swarm", () => {
  const attempt = (begin: (answer: dockerd.Answer<void>) => void) => {
    const answers: string[] = [];
    begin((outcome) => answers.push("error" in outcome ? outcome.error.message : "done"));
    return answers;
  };
  const restarted = async (...others: readonly number[]) => {
    swarm.lock(true);
    await pass(5 * SECOND);
    for (const each of others) world.breakDocker(at(each));
    world.crashDocker(at(0), SECOND);
    await pass(30 * SECOND);
  };

  it("takes its key, and answers once its swarm has a leader", async () => {
    // GIVEN
    await formed(3);
    await restarted(1);
    // WHEN
    const answers = attempt((answer) => dockerd.unlock(world, at(0), swarm.unlockKey, answer));
    await pass(30 * SECOND);
    // THEN
    expect(answers).toEqual(["done"]);
    expect(at(0).dockerState).toBe("active");
  });

  it("answers nothing without a quorum: nor, from then on, whoever has it start the swarm again", async () => {
    // GIVEN
    await formed(3);
    await restarted(1, 2);
    // WHEN
    const unlocking = attempt((answer) => dockerd.unlock(world, at(0), swarm.unlockKey, answer));
    const starting = attempt((answer) => dockerd.forceNewCluster(world, at(0), LOCKED, answer));
    await pass(599 * SECOND);
    // THEN
    expect(unlocking).toEqual(["dockerd did not answer /swarm/unlock within 60 s"]);
    expect(starting).toEqual([]);
  });

  it("starts no swarm from a locked disk: locked it is no manager, and running it comes out in no swarm", async () => {
    // GIVEN
    await formed(3);
    swarm.lock(true);
    await pass(5 * SECOND);
    // WHEN / THEN
    expect(() => dockerd.forceNewCluster(world, at(1), LOCKED, () => {})).toThrow("TLS key is encrypted");
    expect(dockerd.status(world, at(1)).state).toBe("inactive");
    world.crashDocker(at(1), SECOND);
    await pass(5 * SECOND);
    expect(dockerd.status(world, at(1)).state).toBe("locked");
    expect(() => dockerd.forceNewCluster(world, at(1), LOCKED, () => {})).toThrow("not a swarm manager");
  });

  it.each([LOCKED, UNLOCKED])("is in a swarm that is locked, or not, as it was started again: %o", async (options) => {
    // GIVEN
    await formed(3);
    swarm.lock(true);
    for (const other of [at(1), at(2)]) world.breakDocker(other);
    // WHEN
    dockerd.forceNewCluster(world, at(0), options, () => {});
    await pass(30 * SECOND);
    // THEN
    expect(at(0).swarmState.swarm?.locked).toBe(options.autolock);
    expect(at(0).lockedBy !== undefined).toBe(options.autolock);
  });
});

describe("a swarm started again from one manager", () => {
  it("is another group than the one the others make if they come back", async () => {
    // GIVEN
    await formed(3);
    const others = [at(1), at(2)];
    for (const other of others) world.crashDocker(other, 60 * SECOND);
    // WHEN
    dockerd.forceNewCluster(world, at(0), UNLOCKED, () => {});
    await pass(30 * SECOND);
    const again = at(0).swarmState.swarm as Swarm;
    await pass(120 * SECOND);
    // THEN
    expect(again.raft.hasQuorum()).toBe(true);
    expect(again.raft.members.size).toBe(1);
    expect(swarm.raft.hasQuorum()).toBe(true);
  });
});
