import type { ClusterTarget } from "../operator-commands";
import type { ClusterRecord, Phase } from "../registry/records";
import type { Looked } from "./evidence";
import { type GroupSizes, type WantedNodes, wantedNodes } from "./group-sizes";
import type { InstanceStates, Instances } from "./instances";
import { type Leadership, leadershipOf } from "./leadership";
import type { LogPlace } from "./log-hints";
import { type PoolStatus, poolStatuses } from "./pool-status";
import { type Quorum, quorumOf } from "./quorum";
import { instanceProblem, sizesProblem } from "./registry-problems";
import { type NodeRecords, type RegistryReader, readAll } from "./registry-reader";
import type { StatusFault } from "./status-fault";
import { statusFaults } from "./status-faults";
import { type NodeStatus, statusNodes } from "./status-nodes";
import { statusNotices } from "./status-notices";

/** A cluster as an operator wants to see it, the most urgent first. */
export interface ClusterStatus extends ClusterTarget {
  /** `absent`: the registry is there, but Terraform has not seeded it. */
  readonly phase: Phase | "absent";
  readonly leader: Leadership;
  readonly quorum: Quorum;
  /** What is wrong, one entry a cause, the most urgent first. */
  readonly faults: readonly StatusFault[];
  /** Worker pools: what Auto Scaling wants, and what is there. */
  readonly pools: readonly PoolStatus[];
  /** What goes on because an operator or the leader asked for it: retirements, a recovery. */
  readonly underWay: readonly string[];
  /** Managers by slot, then workers by pool and address. */
  readonly nodes: readonly NodeStatus[];
  /** Why EC2 was not heard on the managers' instances. */
  readonly instancesUnknown?: string;
  /** Why Auto Scaling was not heard on how many nodes there must be. */
  readonly sizesUnknown?: string;
}

/** What a status is made of. */
export interface StatusSources {
  readonly target: ClusterTarget;
  /**
   * Where the nodes run, for what is advised.
   * @default - AWS
   */
  readonly place?: LogPlace;
  /**
   * What operators call instances, by their ids.
   * @default - nothing
   */
  readonly names?: ReadonlyMap<string, string>;
  readonly record?: ClusterRecord;
  readonly records: NodeRecords;
  /** When it was read, in milliseconds since 1970. */
  readonly now: number;
  /** EC2's word on the managers' instances, if it could be had. */
  readonly instances?: InstanceStates;
  readonly instancesUnknown?: string;
  /** Auto Scaling's word on how many nodes there must be, if it could be had. */
  readonly wanted?: WantedNodes;
  readonly sizesUnknown?: string;
}

/** Whom a status is asked of. */
export interface StatusPorts {
  readonly reader: RegistryReader;
  readonly instances: Instances;
  readonly sizes: GroupSizes;
}

/** What is known before, and how long to ask. */
export interface StatusOptions extends Pick<StatusSources, "place" | "names"> {
  readonly signal?: AbortSignal;
}

/**
 * Reads the status of a cluster; EC2 is asked about its managers and Auto Scaling about its sizes, neither insisted on.
 * @throws OperationError `NotDeployed` if its registry is not there, `NotAllowed`, `RegistryUnreadable`
 */
export async function clusterStatus(
  { reader, instances, sizes }: StatusPorts,
  target: ClusterTarget,
  { signal, ...known }: StatusOptions = {},
): Promise<ClusterStatus> {
  const { cluster: record, records } = await readAll(reader, target.cluster, signal);
  const [word, wanted] = await Promise.all([
    askInstances(instances, managerInstances(record, records), signal),
    askSizes(sizes, target.cluster, signal),
  ]);
  return mergeStatus({ ...known, target, record, records, now: Date.now(), ...word, ...wanted });
}

/** Instances of managers in the swarm and of those that hold a slot. */
function managerInstances(record: ClusterRecord | undefined, { slots }: NodeRecords): readonly string[] {
  const members = (record?.summary?.members ?? []).filter((member) => member.role === "manager");
  return [...new Set([...members, ...slots].flatMap(({ instanceId }) => instanceId ?? []))];
}

async function askInstances(
  instances: Instances,
  instanceIds: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Pick<StatusSources, "instances" | "instancesUnknown">> {
  try {
    return { instances: await instances.states(instanceIds, signal) };
  } catch (error) {
    return { instancesUnknown: instanceProblem(error) };
  }
}

async function askSizes(
  sizes: GroupSizes,
  cluster: string,
  signal: AbortSignal | undefined,
): Promise<Pick<StatusSources, "wanted" | "sizesUnknown">> {
  try {
    return { wanted: wantedNodes(cluster, await sizes.of(cluster, signal)) };
  } catch (error) {
    return { sizesUnknown: sizesProblem(error) };
  }
}

/** Merges what the leader, each node, EC2 and Auto Scaling say into one picture. */
export function mergeStatus(sources: StatusSources): ClusterStatus {
  const { target, record, records, now, instances, wanted, instancesUnknown, sizesUnknown } = sources;
  const place = sources.place ?? { kind: "aws", region: target.region };
  const looked: Looked = { now, instances };
  const listed = statusNodes(record, records, looked, sources.names);
  const leader = leadershipOf(record, listed, now);
  const nodes = listed.map((node) => ({ ...node, leader: leads(node, leader) }));
  const quorum = quorumOf(nodes.filter((node) => node.member));
  const pools = poolStatuses(record, nodes, wanted);
  return {
    ...target,
    phase: record?.phase ?? "absent",
    leader,
    quorum,
    faults: statusFaults({ target, place, record, records, nodes, leader, quorum, pools, wanted, looked }),
    pools,
    underWay: statusNotices(target, record, records, nodes),
    nodes,
    instancesUnknown,
    sizesUnknown,
  };
}

/** Where nothing tells, the last leader's own list is all there is. */
function leads(node: NodeStatus, leader: Leadership): boolean {
  if (leader.state === "unknown") return node.leader;
  return leader.state === "led" && node.name === leader.name && node.instanceId === leader.instanceId;
}
