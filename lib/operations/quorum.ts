import { majority } from "../registry/quorum";
import type { MemberSummary } from "../registry/records";

/** How many managers there are, and how many could be lost. */
export interface Quorum {
  readonly members: number;
  readonly reachable: number;
  /** Managers it takes to decide anything. */
  readonly needed: number;
  /** Managers that can be lost before the swarm stops deciding; negative: it has stopped. */
  readonly margin: number;
}

/** Whether a node is a member of Raft: it votes, and its absence counts. */
export function votes(member: Pick<MemberSummary, "role" | "reachability">): boolean {
  return member.role === "manager" && member.reachability !== undefined;
}

/** Quorum of the managers among the members. */
export function quorumOf(members: readonly Pick<MemberSummary, "role" | "reachability">[]): Quorum {
  const managers = members.filter(votes);
  const reachable = managers.filter((member) => member.reachability === "reachable").length;
  const needed = majority(managers.length);
  return { members: managers.length, reachable, needed, margin: reachable - needed };
}
