import type { SwarmNode } from "../../ports";
import type { RosterEntry } from "./roster";
import type { Situation } from "./situation";

/** Whether a node is a manager that answers in Raft. */
export function isReachableManager(entry: RosterEntry | undefined): boolean {
  return entry?.node.role === "manager" && entry.node.manager?.reachability === "reachable";
}

/** Whether a node is a member of Raft that its leader does not hear. */
export function isSilentMember({ manager }: SwarmNode): boolean {
  return manager !== undefined && manager.reachability !== "reachable";
}

/** The manager of a slot that answers in Raft and has caught up, whatever instance the slot's record names. */
export function managerOf(situation: Situation, slot: number): RosterEntry | undefined {
  return situation.roster.find(
    (entry) => entry.slot === slot && isReachableManager(entry) && hasCaughtUp(situation, entry),
  );
}

/** For how long a manager must answer to have caught up for sure, whatever its agent says. */
const CAUGHT_UP_AFTER = 600_000;

/**
 * Whether a manager has read what the others know. Raft's list says only that it answers; until it has caught up, it
 * confirms nothing. Its dockerd takes no requests before, of which its agent tells (P6).
 */
export function hasCaughtUp({ memory, observation }: Situation, { node, slotRecord }: RosterEntry): boolean {
  if (node.manager?.leader === true || slotRecord?.nodeId !== node.id || slotRecord.state === "ready") return true;
  return observation.now - (memory.reachableSince[node.id] ?? observation.now) >= CAUGHT_UP_AFTER;
}

/** Members of Raft, and those of them that answer and have caught up: they confirm what the leader writes. */
export function quorumIn(situation: Situation): {
  readonly members: number;
  readonly confirming: readonly RosterEntry[];
} {
  const members = situation.roster.filter(({ node }) => node.manager !== undefined);
  const answering = members.filter(({ node }) => node.manager?.reachability === "reachable");
  return { members: members.length, confirming: answering.filter((entry) => hasCaughtUp(situation, entry)) };
}

/** Members of Raft, and how many of them answer. */
export function quorumOf(nodes: readonly SwarmNode[]): { readonly members: number; readonly reachable: number } {
  const members = nodes.filter((node) => node.manager !== undefined);
  return {
    members: members.length,
    reachable: members.filter((node) => node.manager?.reachability === "reachable").length,
  };
}

/**
 * Nodes on their way into Raft or out of it. A manager that a recovery left behind has the role still and is on neither
 * way: it is down, its dockerd stays so (P13), and the others need not wait until it is replaced.
 */
export function changingNodes(nodes: readonly SwarmNode[], generation: number): readonly SwarmNode[] {
  return nodes.filter(({ role, manager, state }) => {
    const isLeftBehind = generation > 0 && state === "down" && manager === undefined;
    return (role === "manager") !== (manager !== undefined) && !isLeftBehind;
  });
}
