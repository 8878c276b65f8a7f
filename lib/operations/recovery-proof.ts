import type { ClusterTarget } from "../operator-commands";
import type { ClusterRecord, NodeRecord, SlotRecord } from "../registry/records";
import { duration, silence } from "./evidence";
import type { InstanceState, InstanceStates } from "./instances";
import { heardAt, managerName } from "./manager-slots";
import { votes } from "./quorum";
import { reportedState } from "./readiness";
import type { NodeRecords } from "./registry-reader";

/** A manager's instance, as far as anything is known of it. */
export interface KnownManager {
  /** `manager-1`; of a node without a slot, its address. */
  readonly name: string;
  readonly slot?: number;
  /** Undefined if nothing tells on which instance the node is. */
  readonly instanceId?: string;
  readonly nodeId?: string;
  readonly address: string;
  /** Whether the last leader listed it as a member of Raft. */
  readonly votes: boolean;
  /** EC2's word; undefined if it had none. */
  readonly instanceState?: InstanceState;
  /** When it was last heard of, in milliseconds since 1970. */
  readonly heardAt?: number;
  /** What it said of itself then. */
  readonly says?: string;
  /** Whether it said then that the swarm answers it. */
  readonly answered: boolean;
  /** Of one that votes: why its instance is not that member any more, and has not what the member knew (P8). */
  readonly lostState?: string;
}

/** What was read of a cluster, and when. */
export interface RecoverySources {
  readonly target: ClusterTarget;
  readonly cluster?: ClusterRecord;
  readonly records: NodeRecords;
  readonly instances: InstanceStates;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Time after which EC2 has forgotten an instance that was terminated. */
const FORGOTTEN_AFTER = 3_600_000;

/** Ids of all instances that were ever a manager of this cluster, but for those that were taken out of the swarm. */
export function managerInstances(cluster: ClusterRecord | undefined, records: NodeRecords): readonly string[] {
  return knownManagers({ cluster, records, instances: new Map() }).flatMap(({ instanceId }) => instanceId ?? []);
}

/** Every manager's instance that any record tells of: the leader's last summary, the slots, the nodes themselves. */
export function knownManagers({
  cluster,
  records,
  instances,
}: Pick<RecoverySources, "cluster" | "records" | "instances">): readonly KnownManager[] {
  const summary = cluster?.summary;
  const voters = (summary?.members ?? []).filter(votes);
  const removed = new Set(records.tombstones.filter(({ state }) => state === "removed").map(({ nodeId }) => nodeId));
  const reports: readonly (NodeRecord | SlotRecord)[] = [
    ...records.nodes.filter((node) => node.role === "manager"),
    ...records.slots,
  ];
  const isOut = ({ nodeId, state }: NodeRecord | SlotRecord): boolean =>
    state === "retired" || (nodeId !== undefined && removed.has(nodeId));
  const instanceOf = (nodeId: string): string | undefined => reports.find((each) => each.nodeId === nodeId)?.instanceId;
  const lastReport = (instanceId: string | undefined) =>
    instanceId === undefined ? undefined : latest(reports.filter((each) => each.instanceId === instanceId));
  const about = (instanceId: string | undefined, report = lastReport(instanceId)) => {
    const heard = instanceId === undefined ? undefined : heardAt(instanceId, records);
    return {
      instanceState: instanceId === undefined ? undefined : instances.get(instanceId),
      heardAt: heard ?? (summary === undefined ? undefined : Date.parse(summary.updatedAt)),
      says: report === undefined ? undefined : reportedState(report),
      answered: report?.state === "ready",
    };
  };
  const members = voters.map(({ nodeId, slot, address, instanceId = instanceOf(nodeId) }) => {
    const name = slot === undefined ? address : managerName(slot);
    const report = lastReport(instanceId);
    const lostState = lostStateBy(report, nodeId);
    return { name, slot, instanceId, nodeId, address, votes: true, lostState, ...about(instanceId, report) };
  });
  const listed = new Set(members.flatMap(({ instanceId }) => instanceId ?? []));
  const others = new Map(
    reports
      .filter((report) => !isOut(report) && !listed.has(report.instanceId))
      .map((report) => [report.instanceId, report]),
  );
  const rest = [...others.values()].map(({ instanceId, nodeId, slot, address }) => {
    const name = slot === undefined ? address : managerName(slot);
    return { name, slot, instanceId, nodeId, address, votes: false, ...about(instanceId) };
  });
  return [...members, ...rest].sort((one, other) => (one.slot ?? 99) - (other.slot ?? 99));
}

/**
 * Why an instance is not the member that a leader took it for, by its own last word: a dockerd that lost its swarm state
 * has another node's key, or none. Its agent takes a node out of its records only where dockerd is in no swarm (P3).
 */
function lostStateBy(report: NodeRecord | SlotRecord | undefined, nodeId: string): string | undefined {
  if (report === undefined || report.nodeId === nodeId) return undefined;
  return report.nodeId === undefined ? "its dockerd is in no swarm" : `its dockerd runs as node ${report.nodeId}`;
}

function latest<T extends { readonly updatedAt: string }>(reports: readonly T[]): T | undefined {
  return [...reports].sort((one, other) => one.updatedAt.localeCompare(other.updatedAt)).at(-1);
}

/** Why nothing proves that a manager does not run; undefined if EC2's word does. */
export function whyNotProven(manager: KnownManager, now: number): string | undefined {
  const { name, instanceId, instanceState, address } = manager;
  if (instanceId === undefined) return `on which instance ${name} (${address}) is, no record tells`;
  const subject = `${name}'s instance ${instanceId}`;
  switch (instanceState) {
    case "stopped":
    case "terminated":
      return undefined;
    case "missing": {
      if (manager.heardAt !== undefined && now - manager.heardAt > FORGOTTEN_AFTER) return undefined;
      const heard = manager.heardAt === undefined ? "" : `, and it was heard of ${ago(manager.heardAt, now)}`;
      return `${subject} is not known to EC2${heard}: that proves nothing before an hour has passed`;
    }
    case undefined:
      return `EC2 says nothing of ${subject}`;
    case "stopping":
    case "shutting-down":
      return `${subject} is ${instanceState}: wait until it is ${instanceState === "stopping" ? "stopped" : "terminated"}`;
    default:
      return `${subject} is ${instanceState}: stop it`;
  }
}

/** Who could carry the swarm on: a member of Raft that has its state, and whose instance runs; the one heard of last. */
export function bestSurvivor(managers: readonly KnownManager[], now: number): KnownManager | undefined {
  return managers
    .filter((manager) => manager.votes && manager.slot !== undefined && manager.instanceState === "running")
    .filter((manager) => silence(manager, { now }, SURVIVOR_SILENT_AFTER) === undefined)
    .filter(({ lostState }) => lostState === undefined)
    .sort((one, other) => (other.heardAt ?? 0) - (one.heardAt ?? 0))[0];
}

/** The survivor's agent has to act: it must be at work. */
export const SURVIVOR_SILENT_AFTER = 120_000;

/** `12 s ago`. */
export function ago(time: number, now: number): string {
  return `${duration(Math.max(0, now - time))} ago`;
}
