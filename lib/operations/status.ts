import type { ClusterRecord, MemberSummary, NodeRecord, NodeState, Phase, SlotRecord } from "../registry/records";
import { registryError } from "./registry-problems";
import type { NodeRecords, RegistryReader } from "./registry-reader";

/** A cluster as an operator wants to see it. */
export interface ClusterStatus {
  readonly environment: string;
  readonly cluster: string;
  /** `absent`: the registry is there, but Terraform has not seeded it. */
  readonly phase: Phase | "absent";
  readonly quorum: Quorum;
  /** Managers by slot, then workers by pool and address. */
  readonly nodes: readonly NodeStatus[];
  /** What is wrong, in words: the leader's own list, then what the records show. */
  readonly faults: readonly string[];
}

/** How many managers there are, and how many could be lost. */
export interface Quorum {
  readonly members: number;
  readonly reachable: number;
  /** Managers it takes to decide anything. */
  readonly needed: number;
  /** Managers that can be lost before the swarm stops deciding; negative: it has stopped. */
  readonly margin: number;
}

/** A node: what the leader says of it together with what it says of itself. */
export interface NodeStatus {
  /** Docker's id; undefined until it has joined. */
  readonly nodeId?: string;
  readonly instanceId?: string;
  readonly role: "manager" | "worker";
  readonly slot?: number;
  readonly pool?: string;
  readonly az?: string;
  /** Whether the leader lists it. */
  readonly member: boolean;
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
  /** When it last reported, ISO 8601. */
  readonly updatedAt?: string;
}

/** What a status is made of. */
export interface StatusSources {
  readonly environment: string;
  readonly cluster: string;
  readonly record?: ClusterRecord;
  readonly records: NodeRecords;
  /** When it was read, in milliseconds since 1970. */
  readonly now: number;
}

/** Agents report at least once a minute; after three a node has fallen silent, in milliseconds. */
const SILENT_AFTER = 180_000;

/**
 * Reads the status of a cluster.
 * @throws OperationError `NotDeployed` if its registry is not there, `NotAllowed`, `RegistryUnreadable`
 */
export async function clusterStatus(
  reader: RegistryReader,
  names: { readonly environment: string; readonly cluster: string },
): Promise<ClusterStatus> {
  try {
    const [record, records] = await Promise.all([reader.getCluster(), reader.scanNodes()]);
    return mergeStatus({ ...names, record, records, now: Date.now() });
  } catch (error) {
    throw registryError(error, names.cluster);
  }
}

/** Merges what the leader and what each node says into one picture. */
export function mergeStatus({ environment, cluster, record, records, now }: StatusSources): ClusterStatus {
  const members = record?.summary?.members ?? [];
  const reports = currentReports(members, records);
  const unclaimed = new Set(reports);
  const joined = members.map((member) => {
    const report = reports.find((each) => isSameNode(each, member));
    if (report !== undefined) unclaimed.delete(report);
    return memberStatus(member, report);
  });
  const nodes = [...joined, ...[...unclaimed].map(reportedStatus)].sort(byPlace);
  const quorum = quorumOf(members);
  return {
    environment,
    cluster,
    phase: record?.phase ?? "absent",
    quorum,
    nodes,
    faults: [
      ...new Set([
        ...(record?.summary?.faults ?? []),
        ...visibleFaults(record, nodes, quorum),
        ...silentFaults(nodes, now),
      ]),
    ],
  };
}

/** Quorum of the managers among the members. */
export function quorumOf(members: readonly MemberSummary[]): Quorum {
  const managers = members.filter((member) => member.role === "manager");
  const reachable = managers.filter((member) => member.reachability === "reachable").length;
  const needed = Math.floor(managers.length / 2) + 1;
  return { members: managers.length, reachable, needed, margin: reachable - needed };
}

/** What a node is called: `manager-0`; of a worker, its pool and address. */
export function nodeName(node: Pick<NodeStatus, "slot" | "pool" | "address" | "role">): string {
  if (node.role === "manager" && node.slot !== undefined) return `manager-${node.slot}`;
  return `${node.pool ?? node.role} ${node.address}`;
}

/** Self-reports of instances that still matter: without those of removed nodes and of a slot's earlier instances. */
function currentReports(members: readonly MemberSummary[], records: NodeRecords): readonly Report[] {
  const removed = new Set(records.tombstones.filter((each) => each.state === "removed").map((each) => each.nodeId));
  const holders = new Map(records.slots.map((slot) => [slot.slot, slot.instanceId]));
  const isCurrent = (node: NodeRecord): boolean => {
    if (members.some((member) => isSameNode(node, member))) return true;
    if (node.nodeId !== undefined && removed.has(node.nodeId)) return false;
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

function memberStatus(member: MemberSummary, report: Report | undefined): NodeStatus {
  return {
    nodeId: member.nodeId,
    instanceId: member.instanceId ?? report?.instanceId,
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
    agentVersion: report?.agentVersion,
    agentState: report?.state,
    step: report?.step,
    error: report?.error,
    updatedAt: report?.updatedAt,
  };
}

function reportedStatus(report: Report): NodeStatus {
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
    agentVersion: report.agentVersion,
    agentState: report.state,
    step: report.step,
    error: report.error,
    updatedAt: report.updatedAt,
  };
}

function visibleFaults(
  record: ClusterRecord | undefined,
  nodes: readonly NodeStatus[],
  quorum: Quorum,
): readonly string[] {
  const faults: string[] = [];
  if (record === undefined) faults.push("the registry has no cluster record: deploy the environment again to seed it");
  if (record?.phase === "ready") {
    if (quorum.margin < 0) {
      faults.push(
        `quorum is lost: ${quorum.reachable} of ${quorum.members} managers reachable, ${quorum.needed} needed`,
      );
    } else if (quorum.margin === 0 && quorum.members > 1) {
      faults.push("no manager can be lost: the next one takes the quorum with it");
    }
    if (!nodes.some((node) => node.leader)) faults.push("the swarm has no leader");
  }
  for (const node of nodes) {
    if (node.member && node.state !== "ready") faults.push(`${nodeName(node)} is ${node.state}`);
    else if (node.member && node.role === "manager" && node.reachability !== "reachable") {
      faults.push(`${nodeName(node)} is not reachable by the other managers`);
    }
    if (node.error) faults.push(`${nodeName(node)}: ${node.error}`);
  }
  return faults;
}

function silentFaults(nodes: readonly NodeStatus[], now: number): readonly string[] {
  return nodes.flatMap((node) => {
    const silence = node.updatedAt === undefined ? 0 : now - Date.parse(node.updatedAt);
    return silence > SILENT_AFTER ? [`${nodeName(node)} has not reported for ${Math.round(silence / 60_000)} min`] : [];
  });
}

function byPlace(a: NodeStatus, b: NodeStatus): number {
  if (a.role !== b.role) return a.role === "manager" ? -1 : 1;
  return (
    (a.slot ?? Number.POSITIVE_INFINITY) - (b.slot ?? Number.POSITIVE_INFINITY) ||
    (a.pool ?? "").localeCompare(b.pool ?? "") ||
    a.address.localeCompare(b.address, "en", { numeric: true })
  );
}
