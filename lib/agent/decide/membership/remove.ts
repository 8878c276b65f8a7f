import { majority } from "../../../registry/quorum";
import type { OwnedNodeRecord } from "../../../registry/records";
import type { SlotHolder } from "../../model";
import type { SwarmNode } from "../../ports";
import { wroteAt } from "../node/slot";
import type { LeaderSituation } from "../situation/leader";
import { isTerminated, livenessOf } from "../situation/liveness";
import { changingNodes, isSilentMember, quorumIn } from "../situation/quorum";
import type { RosterEntry } from "../situation/roster";
import { actionFor, type Finding, type Situation } from "../situation/situation";
import { isOutlived, successorOf } from "./outlived";

/** Age at which a node object that never connected is taken away. */
const NEVER_CONNECTED_AGE = 3_600_000;
/** For how long the leader must have seen it so itself: clocks of leaders differ, and jump. */
const NEVER_CONNECTED_SEEN = 600_000;
/** For how long it must have seen one that no instance there is can be. */
const UNCLAIMED_SEEN = 120_000;

/** The leader takes the dead out of the swarm: tombstone, demote, wait, remove; one manager at a time (P8). */
export function remove(situation: LeaderSituation): Finding | undefined {
  const { membership, observation, roster } = situation;
  const finished = finishRemoval(situation);
  if (finished !== undefined) return finished;
  const dead = roster.filter((entry) => isDead(situation, entry));
  const managers = dead.filter(({ node }) => node.role === "manager" || node.manager !== undefined);
  const workers = dead.filter((entry) => !managers.includes(entry));
  // A manager that died on its way into Raft stands in the way of every other change.
  const strays = managers.filter(({ node }) => node.manager === undefined);
  const next = workers[0] ?? strays[0] ?? managers.find((entry) => isBuried(situation, entry)) ?? managers[0];
  if (next === undefined) return undefined;
  const facts = [observation.docker, observation.table] as const;
  const { node } = next;
  const reason = reasonOf(situation, next);
  if (!isBuried(situation, next)) {
    return { actions: [actionFor({ kind: "bury", nodeId: node.id, ...membership }, reason, observation, ...facts)] };
  }
  // Demoting one that is not in Raft fails; Docker then removes it whatever its role.
  if (node.manager !== undefined && node.role === "manager") {
    if (node.manager.reachability === "reachable") return { reasons: [`${node.id} is not demoted: it still answers`] };
    return demoteManager(situation, next, reason);
  }
  if (node.manager !== undefined) return { reasons: [`waiting for ${node.id} to leave Raft`] };
  const detail = { kind: "remove", nodeId: node.id, version: node.version, ...membership } as const;
  return { actions: [actionFor(detail, reason, observation, ...facts)] };
}

/** A node that is gone while its tombstone still says "removing": the leader before this one got no further. */
function finishRemoval({ nodes, tombstones, observation, membership }: LeaderSituation): Finding | undefined {
  const nodeIds = new Set(nodes.map(({ id }) => id));
  const unfinished = tombstones.find(
    ({ state, clusterId, nodeId }) =>
      state === "removing" && clusterId === membership.clusterId && !nodeIds.has(nodeId),
  );
  if (unfinished === undefined) return undefined;
  const detail = { kind: "remove", nodeId: unfinished.nodeId, ...membership } as const;
  const { docker, table } = observation;
  return { actions: [actionFor(detail, `node ${unfinished.nodeId} is gone already`, observation, docker, table)] };
}

function reasonOf(situation: Situation, entry: RosterEntry): string {
  const { node, instanceId, formerInstanceId } = entry;
  const successor = successorOf(situation, entry);
  if (instanceId === undefined && successor !== undefined) {
    return `instance ${successor.instanceId} runs as node ${successor.node.id} by now`;
  }
  const owner = instanceId ?? formerInstanceId;
  return owner === undefined ? `node ${node.id} never connected` : `instance ${owner} is dead`;
}

/**
 * Whether a node never comes back (P8). What is Down and shuts down is as dead as what is terminated; who is terminated
 * need not go Down first, but one that is Ready still is dead only as a member of Raft, which can be demoted.
 */
export function isDead(situation: Situation, entry: RosterEntry): boolean {
  const { node, instanceId, isPredecessor, formerInstanceId } = entry;
  if (isForgotten(situation, node) || isOutlived(situation, entry)) return true;
  const owner = instanceId ?? formerInstanceId;
  if (isTerminated(situation, owner)) return node.state !== "ready" || isSilentMember(node);
  if (node.state === "down" && isPredecessor) return true;
  const liveness = livenessOf(situation, owner, node.createdAt);
  if (node.state === "down") return liveness === "dead" || liveness === "ending";
  // One that never connected was never seen to go down.
  return node.state !== "ready" && node.hostname === "" && liveness === "dead";
}

/** A node that was made and never came, and of which nobody knows whose it was to be. */
function isForgotten(situation: Situation, { hostname, id, createdAt, manager }: SwarmNode): boolean {
  const { observation, memory } = situation;
  const { wallTime, now } = observation;
  if (hostname !== "") return false;
  const seen = now - (memory.namelessSince[id] ?? now);
  if (wallTime - createdAt > NEVER_CONNECTED_AGE && seen >= NEVER_CONNECTED_SEEN) return true;
  return manager === undefined && seen >= UNCLAIMED_SEEN && isEverybodyElse(situation);
}

/** Whether every instance that ever reported runs as another node, or is dead: who joins has reported before (P8). */
function isEverybodyElse(situation: Situation): boolean {
  const { table, self } = situation.observation;
  const isKnown = table?.value.nodes.some(({ instanceId }) => instanceId === self.instanceId) === true;
  if (!isKnown) return false;
  return unplaced(situation).every((record) => livenessOf(situation, record.instanceId, wroteAt(record)) === "dead");
}

/** Records of instances that are no nodes that are up. */
export function unplaced({ docker, observation }: Situation): readonly OwnedNodeRecord[] {
  const up = new Set(docker?.nodes?.filter(({ state }) => state === "ready").map(({ id }) => id));
  return (observation.table?.value.nodes ?? []).filter(({ nodeId }) => nodeId === undefined || !up.has(nodeId));
}

export function isBuried({ tombstones, membership }: LeaderSituation, { node }: RosterEntry): boolean {
  return tombstones.some(({ nodeId, clusterId }) => nodeId === node.id && clusterId === membership.clusterId);
}

/** Allowed only if the rest keeps its majority, and no other member is on its way in or out. */
export function demoteManager(
  situation: LeaderSituation,
  { node }: RosterEntry,
  reason: string,
  retiring?: SlotHolder,
): Finding {
  const { nodes, membership, observation } = situation;
  const others = changingNodes(nodes, membership.generation).filter((other) => other.id !== node.id);
  if (others.length > 0)
    return { reasons: [`no demotion while ${others.map((other) => other.id).join(", ")} changes its role`] };
  const { members, confirming } = quorumIn(situation);
  const rest = confirming.filter((other) => other.node.id !== node.id).length;
  if (members === 1 || rest < majority(members - 1)) {
    return {
      reasons: [`${node.id} is not demoted: ${rest} of the ${members - 1} other managers answer and have caught up`],
    };
  }
  const detail = { kind: "demote", nodeId: node.id, version: node.version, retiring, ...membership } as const;
  return { actions: [actionFor(detail, reason, observation, observation.docker, observation.table)] };
}
