import type { ClusterRecord, MemberSummary, NodeRecord, NodeState, SlotRecord } from "../registry/records";
import { duration, goneBecause, type Looked, NODE_SILENT_AFTER, type Sighting, silence } from "./evidence";
import type { InstanceState } from "./instances";
import { isRetired, type ManagerSlot, managerName, managerSlots } from "./manager-slots";
import { votes } from "./quorum";
import type { NodeRecords } from "./registry-reader";

/** A node: what the leader says of it together with what it says of itself. */
export interface NodeStatus {
  /** What operators call it: `manager-0`; of a worker `general-0` in a lab, else its pool and address. */
  readonly name: string;
  /** Docker's id; undefined until it has joined. */
  readonly nodeId?: string;
  readonly instanceId?: string;
  readonly role: "manager" | "worker";
  readonly slot?: number;
  readonly pool?: string;
  readonly az?: string;
  /** Whether the leader lists it. */
  readonly member: boolean;
  /** Its agent takes it for a node of the swarm, and the leader does not list it: somebody removed it by force. */
  readonly removed?: boolean;
  /** Docker's state of a member; of an instance that has not joined, what its agent is at. */
  readonly state: MemberSummary["state"] | NodeState;
  readonly availability?: MemberSummary["availability"];
  readonly leader: boolean;
  readonly reachability?: MemberSummary["reachability"];
  readonly address: string;
  readonly agentVersion?: string;
  /** What its agent says of it. */
  readonly agentState?: NodeState;
  /** What its agent is doing or waiting for. */
  readonly step?: string;
  readonly error?: string;
  /** Of a manager the last leader listed: why it cannot be, or is not known to be, what that leader wrote. */
  readonly lost?: string;
  /** EC2's word on its instance; managers only, and only if EC2 answered. */
  readonly instanceState?: InstanceState;
  /** When it last reported, ISO 8601. */
  readonly updatedAt?: string;
}

/** Every node that matters, managers by slot, then workers by pool and address. */
export function statusNodes(
  record: ClusterRecord | undefined,
  records: NodeRecords,
  looked: Looked,
  names: ReadonlyMap<string, string> = new Map(),
): readonly NodeStatus[] {
  const members = record?.summary?.members ?? [];
  const reports = currentReports(members, withoutPastSlots(record, records, looked));
  const unclaimed = new Set(reports);
  const joined = members.map((member) => {
    const report = reports.find((each) => isSameNode(each, member));
    if (report !== undefined) unclaimed.delete(report);
    return memberStatus(member, report, looked);
  });
  const isCounted = countedBy(record);
  const others = [...unclaimed].map((report) => {
    const status = reportedStatus(report, looked);
    if (isRemovedByForce(record, report, records, looked)) return { ...status, removed: true };
    return isCounted(report) ? { ...status, member: true, availability: "active" as const } : status;
  });
  const nodes = [...joined, ...others].map((node) => ({ ...node, name: nodeName(node, names) }));
  return refuted(nodes, looked).sort(byPlace);
}

type Unnamed = Omit<NodeStatus, "name">;

/** What a node is called; one of a slot by its slot, also while it is a worker that waits to be promoted. */
function nodeName(node: Unnamed, names: ReadonlyMap<string, string>): string {
  if (node.slot !== undefined) return managerName(node.slot);
  if (isNameless(node)) return `node ${node.nodeId}`;
  return names.get(node.instanceId ?? "") ?? `${node.pool ?? node.role} ${node.address}`;
}

/** Whether a node was made for a join that came to nothing: no engine ever connected as it. */
export function isNameless({ member, instanceId, address, pool, slot }: Unnamed): boolean {
  return member && instanceId === undefined && address === "" && pool === undefined && slot === undefined;
}

/**
 * In a swarm that is ready, a live node that says it is a part of it, and that the leader's full list does not have. Of a
 * large swarm the leader lists a part: there its tombstone tells, which it writes after half a minute (P9).
 */
function isRemovedByForce(
  record: ClusterRecord | undefined,
  { nodeId, state, updatedAt }: Report,
  { tombstones }: NodeRecords,
  looked: Looked,
): boolean {
  const { phase, summary } = record ?? {};
  const heard = Date.parse(updatedAt);
  const isLive = state === "ready" && nodeId !== undefined && looked.now - heard <= NODE_SILENT_AFTER;
  if (phase !== "ready" || summary === undefined || !isLive) return false;
  if (summary.counted !== undefined)
    return tombstones.some((each) => each.nodeId === nodeId && each.state === "removed");
  // One that has joined a moment ago is in the leader's next view.
  return heard > Date.parse(summary.updatedAt) + VIEW_LATE;
}

/** Time within which the leader's view has a node that is new. */
const VIEW_LATE = 10_000;

/** Records without those of slots that were retired, once their instances have gone, too. */
function withoutPastSlots(record: ClusterRecord | undefined, records: NodeRecords, looked: Looked): NodeRecords {
  const past = managerSlots(record, records)
    .filter((slot) => isRetired(slot) && !isAround(slot, looked))
    .map(({ slot }) => slot);
  const matters = ({ slot }: { readonly slot?: number }): boolean => slot === undefined || !past.includes(slot);
  return { ...records, nodes: records.nodes.filter(matters), slots: records.slots.filter(matters) };
}

function isAround({ record, heardAt }: ManagerSlot, looked: Looked): boolean {
  const sighting = { instanceId: record?.instanceId, heardAt };
  return goneBecause(sighting, looked) === undefined && silence(sighting, looked, NODE_SILENT_AFTER) === undefined;
}

/**
 * What the last leader wrote stays in the registry when the leader is lost. Then the managers' instances and their own
 * reports say what is left: a node that evidence speaks against is no longer shown as what it was.
 */
function refuted(nodes: readonly NodeStatus[], looked: Looked): NodeStatus[] {
  const managers = nodes.filter((node) => node.member && node.role === "manager");
  const isLost = (node: NodeStatus): boolean =>
    goneBecause(node, looked) !== undefined || silence(sightingOf(node), looked) !== undefined;
  const leaderless = managers.length > 0 && managers.every((node) => !node.leader || isLost(node));
  return nodes.map((node) => {
    if (!managers.includes(node)) return node;
    const gone = goneBecause(node, looked);
    // One that was no member of Raft is not missed in it.
    const unreachable = votes(node) ? "unreachable" : undefined;
    if (gone !== undefined) return { ...node, state: "down", leader: false, reachability: unreachable, lost: gone };
    if (!leaderless) return node;
    const silent = silence(sightingOf(node), looked);
    if (silent !== undefined) {
      const lost = `nothing was heard of it for ${duration(silent)}`;
      return { ...node, state: "unknown", leader: false, reachability: "unknown", lost };
    }
    const answers = node.agentState === undefined || node.agentState === "ready";
    return answers ? node : { ...node, reachability: "unreachable" };
  });
}

/** A node and when it last reported. */
export function sightingOf({ instanceId, updatedAt }: NodeStatus): Sighting {
  const heardAt = updatedAt === undefined ? Number.NaN : Date.parse(updatedAt);
  return { instanceId, heardAt: Number.isNaN(heardAt) ? undefined : heardAt };
}

/** Self-reports of instances that still matter: without those of removed nodes and of a slot's earlier instances. */
function currentReports(members: readonly MemberSummary[], records: NodeRecords): readonly Report[] {
  const removed = new Map(
    records.tombstones.filter(({ state }) => state === "removed").map(({ nodeId, updatedAt }) => [nodeId, updatedAt]),
  );
  const holders = new Map(records.slots.map((slot) => [slot.slot, slot.instanceId]));
  const isCurrent = (node: NodeRecord): boolean => {
    if (members.some((member) => isSameNode(node, member))) return true;
    if (node.nodeId !== undefined && removed.has(node.nodeId)) {
      // A live one goes on reporting after it was removed.
      return node.state === "ready" && Date.parse(node.updatedAt) > Date.parse(removed.get(node.nodeId) ?? "");
    }
    const holder = node.slot === undefined ? undefined : holders.get(node.slot);
    return holder === undefined || holder === node.instanceId;
  };
  const nodes = records.nodes.filter(isCurrent);
  const reported = new Set(nodes.map((node) => node.instanceId));
  const silentHolders = records.slots.filter((slot) => !reported.has(slot.instanceId));
  return [...nodes, ...silentHolders.map((slot: SlotRecord): Report => ({ ...slot, role: "manager" }))];
}

/** What is known of an instance that reported; a slot record alone lacks some of it. */
type Report = Pick<NodeRecord, "instanceId" | "role" | "address" | "state" | "updatedAt"> &
  Partial<Pick<NodeRecord, "slot" | "pool" | "availabilityZone" | "step" | "error" | "nodeId" | "agentVersion">>;

function isSameNode(report: Report, member: MemberSummary): boolean {
  if (member.instanceId !== undefined) return member.instanceId === report.instanceId;
  return report.nodeId !== undefined && report.nodeId === member.nodeId;
}

/** Last words of the agent, with what else is known of its instance. */
function reportedPart(report: Report | undefined, instanceId: string | undefined, { instances }: Looked) {
  return {
    agentVersion: report?.agentVersion,
    agentState: report?.state,
    step: report?.step,
    error: report?.error,
    instanceState: instanceId === undefined ? undefined : instances?.get(instanceId),
    updatedAt: report?.updatedAt,
  };
}

/** In a large swarm the leader only counts workers that are as they should be: their own word says which. */
function countedBy(record: ClusterRecord | undefined): (report: Report) => boolean {
  const counted = (record?.summary?.counted ?? []).filter(({ state }) => state === "ready");
  const pools = new Set(counted.map(({ pool }) => pool));
  return ({ state, nodeId, pool }) => state === "ready" && nodeId !== undefined && pools.has(pool);
}

function memberStatus(member: MemberSummary, report: Report | undefined, looked: Looked): Unnamed {
  const instanceId = member.instanceId ?? report?.instanceId;
  return {
    nodeId: member.nodeId,
    instanceId,
    role: member.role,
    slot: member.slot,
    pool: member.pool,
    az: member.availabilityZone ?? report?.availabilityZone,
    member: true,
    state: member.state,
    availability: member.availability,
    leader: member.leader === true,
    reachability: member.reachability,
    address: member.address,
    ...reportedPart(report, instanceId, looked),
  };
}

function reportedStatus(report: Report, looked: Looked): Unnamed {
  return {
    nodeId: report.nodeId,
    instanceId: report.instanceId,
    role: report.role,
    slot: report.slot,
    pool: report.pool,
    az: report.availabilityZone,
    member: false,
    state: report.state,
    leader: false,
    address: report.address,
    ...reportedPart(report, report.instanceId, looked),
  };
}

function byPlace(a: NodeStatus, b: NodeStatus): number {
  if (a.role !== b.role) return a.role === "manager" ? -1 : 1;
  return (
    (a.slot ?? Number.POSITIVE_INFINITY) - (b.slot ?? Number.POSITIVE_INFINITY) ||
    (a.pool ?? "").localeCompare(b.pool ?? "") ||
    a.address.localeCompare(b.address, "en", { numeric: true })
  );
}
