import type { Docker, SwarmNode } from "../../../lib/agent/ports";
import type { Machine } from "./machine";
import type { Swarm } from "./swarm";
import type { World } from "./world";

const INIT = 700;
const CONTACT = 200;
const CONNECT = 200;
/** Time after which dockerd answers a join that goes on in the background. */
const JOIN_PATIENCE = 20_000;
const JOIN_RETRY = 1_000;

/** Ends a request: with a value, or with an error. */
export type Answer<T> = (outcome: { readonly value: T } | { readonly error: Error }) => void;

/** Waits on the machine's dockerd; `lost` is called when dockerd ends before. */
function later(world: World, machine: Machine, delay: number, then: () => void, lost: () => void): void {
  const { dockerRuns } = machine;
  const epoch = world.dockerEpoch(machine);
  const go = () => {
    if (machine.paused) machine.deferred.push(go);
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
  if (machine.dockerState !== "inactive") throw new Error("This node is already part of a swarm.");
}

export function status(world: World, machine: Machine): Awaited<ReturnType<Docker["status"]>> {
  mustRun(machine);
  const { swarm, nodeId } = machine.swarmState;
  if (machine.dockerState === "active" && swarm !== undefined && nodeId !== undefined && swarm.removed.has(nodeId)) {
    // Managers say so only where they can be reached, and know it.
    if (swarm.peersOf(machine).length >= swarm.majority()) machine.dockerState = "error";
  }
  const isLed = swarm !== undefined && isInTouch(swarm, machine);
  if (isLed) world.unsure.delete(machine);
  const isPending = machine.dockerState === "active" && world.unsure.has(machine);
  const managed = isPending ? undefined : machine.managed;
  return {
    state: isPending ? "pending" : machine.dockerState,
    nodeId,
    controlAvailable: managed !== undefined,
    clusterId: managed !== undefined && canRead(managed, machine) ? managed.id : undefined,
    error: machine.dockerState === "error" ? "node was removed from swarm" : undefined,
  };
}

function isInTouch(swarm: Swarm, machine: Machine): boolean {
  const leader = swarm.leader === undefined ? undefined : swarm.raft.get(swarm.leader);
  return leader !== undefined && swarm.canCommit(machine);
}

function canRead(swarm: Swarm, machine: Machine): boolean {
  try {
    swarm.list(machine, machine.swarmState.nodeId ?? "");
    return true;
  } catch {
    return false;
  }
}

export function list(machine: Machine): readonly SwarmNode[] {
  return readable(machine).list(machine, machine.swarmState.nodeId ?? "");
}

export function inspect(machine: Machine, id: string): SwarmNode {
  const node = list(machine).find((each) => each.id === id);
  if (node === undefined) throw new Error(`node ${id} not found`);
  return node;
}

/** The swarm this machine may ask, by what its dockerd can read. */
export function readable(machine: Machine): Swarm {
  mustRun(machine);
  const swarm = machine.managed;
  if (swarm === undefined) throw new Error("This node is not a swarm manager.");
  swarm.list(machine, machine.swarmState.nodeId ?? "");
  return swarm;
}

/** The swarm this machine may change: a majority must agree. */
export function writable(machine: Machine): Swarm {
  mustRun(machine);
  const swarm = machine.managed;
  if (swarm === undefined) throw new Error("This node is not a swarm manager.");
  if (!swarm.canCommit(machine)) throw new Error("The swarm does not have a leader.");
  return swarm;
}

export function init(world: World, machine: Machine, answer: Answer<void>): void {
  mustBeInactive(machine);
  machine.dockerState = "pending";
  const lost = () => answer({ error: new Error("EOF") });
  const found = () => {
    const swarm = world.newSwarm();
    const node = swarm.admit(machine, "manager");
    machine.swarmState = { swarm, nodeId: node.id, options: machine.settings.swarm };
    machine.dockerState = "active";
    swarm.connect(node.id);
    answer({ value: undefined });
  };
  later(world, machine, INIT, found, lost);
}

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
    if (token !== swarm.token) return fail("invalid join token");
    if (remote === undefined || !swarm.canCommit(remote)) {
      if (world.schedule.now - since >= JOIN_PATIENCE) {
        say({ error: new Error("Timeout was reached before node joined. It will continue in the background.") });
      }
      return later(world, machine, JOIN_RETRY, attempt, lost);
    }
    const node = swarm.admit(machine, "worker");
    machine.swarmState = { swarm, nodeId: node.id };
    if (machine.joinFails) {
      machine.joinFails = false;
      return fail("context deadline exceeded");
    }
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
  world.endDockerOperations(machine);
  machine.dockerState = "inactive";
  machine.swarmState = {};
}

/** What dockerd makes of its disk when it starts. */
export function start(world: World, machine: Machine): void {
  machine.dockerRuns = true;
  if (machine.swarmState.nodeId !== undefined) {
    if (machine.dockerState !== "error") machine.dockerState = "active";
    machine.swarmState.swarm?.connect(machine.swarmState.nodeId);
    world.unsure.add(machine);
  } else if (machine.dockerState === "pending") {
    // An interrupted init left nothing, an interrupted join a state without a certificate.
    machine.dockerState = machine.markers.founder === undefined ? "error" : "inactive";
  }
}
