import { DockerError } from "../../../lib/agent/docker/engine-client";
import type { Docker, InitOptions } from "../../../lib/agent/ports";
import type { Machine } from "./machine";
import type { Swarm } from "./swarm";
import type { World } from "./world";

const INIT = 700;
const CONTACT = 200;
const CONNECT = 200;
/** Time after which dockerd answers a join that goes on in the background. */
const JOIN_PATIENCE = 20_000;
const JOIN_RETRY = 1_000;
/** Time between two looks for a leader, and for how long an agent waits for one that was to unlock. */
const LEADER_RETRY = 1_000;
const UNLOCK_PATIENCE = 60_000;
/** For how long an agent waits for a swarm to start. */
const INIT_PATIENCE = 600_000;
/** What dockerd says for ever, once its part in a swarm ended so. */
const NO_SPACE = "write /var/lib/docker/swarm/raft/wal: no space left on device";
/** Time until the tasks of a node that was drained are gone, at most. */
const DRAINED_AFTER = 20_000;

/** Ends a request: with a value, or with an error. */
export type Answer<T> = (outcome: { readonly value: T } | { readonly error: Error }) => void;

/** Waits on the machine's dockerd; `lost` is called when dockerd ends before. */
function later(world: World, machine: Machine, delay: number, then: () => void, lost: () => void): void {
  const { dockerRuns } = machine;
  const epoch = world.dockerEpoch(machine);
  const go = () => {
    if (machine.paused) machine.deferred.push(go);
    else if (machine.hung) machine.unanswered.push(go);
    else if (!dockerRuns || world.dockerEpoch(machine) !== epoch || !machine.isUp) lost();
    else then();
  };
  world.schedule.in(delay, go);
}

function mustRun(machine: Machine): void {
  if (!machine.isUp) throw new Error("connect ENOENT /var/run/docker.sock");
}

function mustBeInactive(machine: Machine): void {
  mustRun(machine);
  if (machine.dockerState === "locked") throw new Error("Swarm is encrypted and needs to be unlocked.");
  if (machine.dockerState !== "inactive") throw new Error("This node is already part of a swarm.");
}

export function status(world: World, machine: Machine): Awaited<ReturnType<Docker["status"]>> {
  mustRun(machine);
  const { swarm, nodeId } = machine.swarmState;
  const { dockerState } = machine;
  if (dockerState === "locked" || dockerState === "inactive") return { state: dockerState, controlAvailable: false };
  if (machine.engine === "stopped") return { state: "error", controlAvailable: false, error: NO_SPACE };
  if (machine.dockerState === "active" && swarm !== undefined && nodeId !== undefined && swarm.tellsRemoved(nodeId)) {
    // Managers say so only where they can be reached, and know it; they say it until the node leaves (F4).
    if (swarm.raft.peersOf(machine).length >= swarm.raft.majority()) machine.dockerState = "error";
  }
  if (world.unsure.has(machine) && swarm?.raft.canCommit(machine) === true) world.unsure.delete(machine);
  const isPending = machine.dockerState === "active" && world.unsure.has(machine);
  const managed = isPending ? undefined : machine.managed;
  const isMarked = machine.engine === "marked" && machine.dockerState === "active" && !isPending;
  return {
    state: isPending ? "pending" : isMarked ? "error" : machine.dockerState,
    nodeId,
    controlAvailable: managed !== undefined,
    clusterId: managed?.answers(machine) === true ? managed.id : undefined,
    error: machine.dockerState === "error" ? "node was removed from swarm" : undefined,
  };
}

/** The swarm this machine may ask: it must be a manager, and somebody must answer. */
export function readable(machine: Machine): Swarm {
  mustRun(machine);
  const swarm = machine.managed;
  if (swarm === undefined) throw new Error("This node is not a swarm manager.");
  if (!swarm.answers(machine)) throw new Error("The swarm does not have a leader.");
  return swarm;
}

/** The swarm this machine may change: a majority must agree. */
export function writable(machine: Machine): Swarm {
  mustRun(machine);
  const swarm = machine.managed;
  if (swarm === undefined) throw new Error("This node is not a swarm manager.");
  if (!swarm.raft.canCommit(machine)) throw new Error("The swarm does not have a leader.");
  return swarm;
}

/** Tasks of the services everybody has; a node that is drained loses them soon. */
export function runningContainers(world: World, machine: Machine): number {
  mustRun(machine);
  const { swarm, nodeId } = machine.swarmState;
  const node = swarm?.nodes.get(nodeId ?? "");
  if (node === undefined || node.availability === "active") return node === undefined ? 0 : 1;
  return world.schedule.now - node.availabilityChangedAt < DRAINED_AFTER ? 1 : 0;
}

export function init(world: World, machine: Machine, { autolock }: InitOptions, answer: Answer<void>): void {
  mustBeInactive(machine);
  machine.dockerState = "pending";
  const lost = () => answer({ error: new Error("EOF") });
  const found = () => {
    const swarm = world.newSwarm();
    const node = swarm.admit(machine, "manager");
    machine.swarmState = { swarm, nodeId: node.id, options: machine.settings.swarm };
    machine.dockerState = "active";
    swarm.connect(node.id);
    swarm.locked = autolock;
    answer({ value: undefined });
  };
  later(world, machine, INIT, found, lost);
}

/**
 * Starts the swarm again from this manager alone; the others are members of what it was before. That takes a disk without
 * a lock: dockerd keeps its key to itself, ends the node it runs and cannot start the next one.
 */
export function forceNewCluster(world: World, machine: Machine, { autolock }: InitOptions, answer: Answer<void>): void {
  mustRun(machine);
  const { swarm, nodeId } = machine.swarmState;
  const isManager = swarm !== undefined && nodeId !== undefined && swarm.raft.knowsItself(nodeId);
  // Nor is one whose part in the swarm has ended, until its dockerd is restarted.
  const isOut = machine.dockerState === "locked" || machine.engine === "stopped";
  if (!isManager || isOut) throw new Error("This node is not a swarm manager.");
  if (machine.waitsForLeader) {
    const error = new Error("dockerd did not answer /swarm/init within 600 s");
    world.schedule.in(INIT_PATIENCE, () => answer({ error }));
    return;
  }
  if (machine.lockedBy !== undefined) {
    machine.dockerState = "inactive";
    throw new Error("swarm component could not be started: TLS key is encrypted");
  }
  const lost = () => answer({ error: new Error("EOF") });
  const started = () => {
    const next = swarm.startAgain(nodeId, autolock);
    world.swarms.push(next);
    for (const each of world.machines) {
      // Workers follow whoever leads a swarm they have a certificate of.
      const isWorker = each.swarmState.swarm === swarm && !swarm.raft.knowsItself(each.swarmState.nodeId ?? "");
      if (each === machine || isWorker) each.swarmState = { ...each.swarmState, swarm: next };
    }
    machine.dockerState = "active";
    answer({ value: undefined });
  };
  later(world, machine, INIT, started, lost);
}

/** Joins with either token: as a worker, or as a manager, which no agent does. */
export function join(
  world: World,
  machine: Machine,
  { manager, token }: Parameters<Docker["join"]>[0],
  answer: Answer<void>,
): void {
  mustBeInactive(machine);
  machine.dockerState = "pending";
  const since = world.schedule.now;
  let answered = false;
  const say: Answer<void> = (outcome) => {
    if (!answered) answer(outcome);
    answered = true;
  };
  const lost = () => say({ error: new Error("EOF") });
  // Whatever fails within 20 seconds makes dockerd wipe its state (F1).
  const fail = (message: string) => {
    if (!answered) {
      machine.dockerState = "inactive";
      machine.swarmState = {};
    }
    say({ error: new Error(message) });
  };
  const attempt = () => {
    const remote = world.machineAt(manager);
    const swarm = remote !== undefined && world.linked(machine, remote) ? remote.managed : undefined;
    if (swarm === undefined) return fail(`could not reach ${manager}:2377`);
    // F5
    if (!token.includes(` ${swarm.digest} `)) return fail("remote CA does not match fingerprint");
    if (token !== swarm.token && token !== swarm.managerToken) return fail("invalid join token");
    if (remote === undefined || !swarm.raft.canCommit(remote)) {
      if (world.schedule.now - since >= JOIN_PATIENCE) {
        say({ error: new Error("Timeout was reached before node joined. It will continue in the background.") });
      }
      return later(world, machine, JOIN_RETRY, attempt, lost);
    }
    const node = swarm.admit(machine, token === swarm.managerToken ? "manager" : "worker");
    if (machine.joinFails) {
      machine.joinFails = false;
      return fail("context deadline exceeded");
    }
    machine.swarmState = { swarm, nodeId: node.id };
    const connect = () => {
      machine.dockerState = "active";
      swarm.connect(node.id);
      say({ value: undefined });
    };
    later(world, machine, CONNECT, connect, lost);
  };
  later(world, machine, CONTACT, attempt, lost);
}

export function leave(world: World, machine: Machine): void {
  mustRun(machine);
  if (machine.dockerState === "locked") throw new Error("Swarm is encrypted and needs to be unlocked.");
  world.endDockerOperations(machine);
  machine.dockerState = "inactive";
  machine.engine = "well";
  machine.swarmState = {};
}

/**
 * By the key it was locked with last: one that was down when the key was rotated has the one before. There is no answer
 * before the swarm has a leader.
 */
export function unlock(world: World, machine: Machine, key: string, answer: Answer<void>): void {
  mustRun(machine);
  if (machine.dockerState !== "locked") throw new DockerError(409, "swarm is not locked");
  if (key !== machine.lockedBy) throw new DockerError(400, "swarm could not be unlocked: invalid key provided");
  takeUp(world, machine);
  machine.waitsForLeader = true;
  let answered = false;
  const say: Answer<void> = (outcome) => {
    if (!answered) answer(outcome);
    answered = true;
  };
  const look = () => {
    if (machine.managed?.raft.canCommit(machine) !== true) {
      later(world, machine, LEADER_RETRY, look, () => say({ error: new Error("EOF") }));
      return;
    }
    machine.waitsForLeader = false;
    say({ value: undefined });
  };
  look();
  const error = new Error("dockerd did not answer /swarm/unlock within 60 s");
  world.schedule.in(UNLOCK_PATIENCE, () => say({ error }));
}

/** What dockerd makes of its disk when it starts. */
export function start(world: World, machine: Machine): void {
  machine.dockerRuns = true;
  machine.hung = false;
  const { swarm, nodeId } = machine.swarmState;
  machine.engine = machine.diskFull && nodeId !== undefined ? "stopped" : "well";
  if (nodeId !== undefined && swarm !== undefined) {
    if (machine.dockerState === "error") return;
    if (machine.lockedBy !== undefined && swarm.raft.knowsItself(nodeId)) machine.dockerState = "locked";
    else takeUp(world, machine);
  } else if (machine.dockerState === "pending") {
    // An interrupted init left nothing, an interrupted join a state without a certificate.
    machine.dockerState = machine.markers.founder === undefined ? "error" : "inactive";
  }
}

function takeUp(world: World, machine: Machine): void {
  machine.dockerState = "active";
  world.unsure.add(machine);
}
