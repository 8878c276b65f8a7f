import type { ClusterSummary, MemberCount, MemberSummary } from "../../../registry/records";
import type { LeaderSituation } from "../situation/leader";
import type { RosterEntry } from "../situation/roster";
import { removedOrphans, SILENT_AFTER } from "./disown";

/**
 * Members a summary lists one by one. Each takes 180 bytes of a record that every node reads and that DynamoDB keeps
 * below 400 KB; a read is billed, and throttled, by its bytes.
 */
const MOST_LISTED = 100;
const MOST_FAULTS = 50;
const MOST_REMOVED = 50;

/** What the leader tells of the swarm; of a large one, in full only what is not as it should be. */
export function summaryOf(situation: LeaderSituation, faults: readonly string[]): Omit<ClusterSummary, "updatedAt"> {
  const members = situation.roster.map(memberOf).sort((one, other) => (one.nodeId < other.nodeId ? -1 : 1));
  const listed = members.length <= MOST_LISTED ? members : mostTelling(members);
  const waiting = waitingNodes(situation);
  const removed = removedOrphans(situation);
  return {
    members: listed,
    counted: listed.length === members.length ? undefined : countsOf(members, new Set(listed)),
    waiting: waiting === 0 ? undefined : waiting,
    removed: removed.length === 0 ? undefined : removed.slice(0, MOST_REMOVED),
    faults: faults.length <= MOST_FAULTS ? faults : [...faults.slice(0, MOST_FAULTS), restOf(faults)],
  };
}

/** Nodes of a swarm, by its summary: members, and those on their way. */
export function nodesIn({ members, counted = [], waiting = 0 }: ClusterSummary): number {
  return counted.reduce((sum, { count }) => sum + count, members.length + waiting);
}

/** Managers first, then those that wait to see that they are drained, then the others that are not Ready. */
function mostTelling(members: readonly MemberSummary[]): readonly MemberSummary[] {
  const rank = ({ role, availability, state }: MemberSummary) =>
    role === "manager" ? 0 : availability !== "active" ? 1 : state !== "ready" ? 2 : 3;
  return members
    .filter((member) => rank(member) < 3)
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, MOST_LISTED);
}

function countsOf(members: readonly MemberSummary[], listed: ReadonlySet<MemberSummary>): readonly MemberCount[] {
  const counts = new Map<string, MemberCount>();
  for (const member of members) {
    if (listed.has(member)) continue;
    const { pool, state, availability } = member;
    const group = [pool ?? "", state, availability].join(" ");
    counts.set(group, { pool, state, availability, count: (counts.get(group)?.count ?? 0) + 1 });
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}

function waitingNodes({ observation, roster, records }: LeaderSituation): number {
  const members = new Set(roster.map(({ instanceId }) => instanceId));
  return records.filter(
    ({ instanceId, updatedAt }) =>
      !members.has(instanceId) && observation.wallTime - Date.parse(updatedAt) < SILENT_AFTER,
  ).length;
}

function restOf(faults: readonly string[]): string {
  return `and ${faults.length - MOST_FAULTS} more`;
}

function memberOf({ node, instanceId, slot, pool, availabilityZone }: RosterEntry): MemberSummary {
  return {
    nodeId: node.id,
    instanceId,
    role: node.role,
    slot,
    pool,
    availabilityZone,
    address: node.address,
    state: node.state,
    availability: node.availability,
    leader: node.manager?.leader === true ? true : undefined,
    reachability: node.manager?.reachability,
    engineVersion: node.engineVersion,
  };
}
