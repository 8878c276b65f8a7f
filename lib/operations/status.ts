import type { ClusterTarget } from "../operator-commands";
import type { ClusterRecord, Phase } from "../registry/records";
import type { Looked } from "./evidence";
import type { InstanceStates, Instances } from "./instances";
import { type Quorum, quorumOf } from "./quorum";
import { instanceProblem } from "./registry-problems";
import { type NodeRecords, type RegistryReader, readAll } from "./registry-reader";
import { statusFaults, statusNotices } from "./status-faults";
import { type NodeStatus, statusNodes } from "./status-nodes";

/** A cluster as an operator wants to see it. */
export interface ClusterStatus extends ClusterTarget {
  /** `absent`: the registry is there, but Terraform has not seeded it. */
  readonly phase: Phase | "absent";
  readonly quorum: Quorum;
  /** Managers by slot, then workers by pool and address. */
  readonly nodes: readonly NodeStatus[];
  /** What is wrong, in words: the leader's own list, then what the records show. */
  readonly faults: readonly string[];
  /** What goes on because an operator or the leader asked for it: retirements, a recovery. */
  readonly underWay: readonly string[];
  /** Why EC2 was not heard on the managers' instances. */
  readonly instancesUnknown?: string;
}

/** What a status is made of. */
export interface StatusSources {
  readonly target: ClusterTarget;
  readonly record?: ClusterRecord;
  readonly records: NodeRecords;
  /** When it was read, in milliseconds since 1970. */
  readonly now: number;
  /** EC2's word on the managers' instances, if it could be had. */
  readonly instances?: InstanceStates;
  readonly instancesUnknown?: string;
}

/**
 * Reads the status of a cluster; EC2 is asked about its managers, and not insisted on.
 * @throws OperationError `NotDeployed` if its registry is not there, `NotAllowed`, `RegistryUnreadable`
 */
export async function clusterStatus(
  reader: RegistryReader,
  instances: Instances,
  target: ClusterTarget,
): Promise<ClusterStatus> {
  const { cluster: record, records } = await readAll(reader, target.cluster);
  const word = await askInstances(instances, managerInstances(record, records));
  return mergeStatus({ target, record, records, now: Date.now(), ...word });
}

/** Instances of managers in the swarm and of those that hold a slot. */
function managerInstances(record: ClusterRecord | undefined, { slots }: NodeRecords): readonly string[] {
  const members = (record?.summary?.members ?? []).filter((member) => member.role === "manager");
  return [...new Set([...members, ...slots].flatMap(({ instanceId }) => instanceId ?? []))];
}

async function askInstances(
  instances: Instances,
  instanceIds: readonly string[],
): Promise<Pick<StatusSources, "instances" | "instancesUnknown">> {
  try {
    return { instances: await instances.states(instanceIds) };
  } catch (error) {
    return { instancesUnknown: instanceProblem(error) };
  }
}

/** Merges what the leader, each node and EC2 say into one picture. */
export function mergeStatus(sources: StatusSources): ClusterStatus {
  const { target, record, records, now, instances, instancesUnknown } = sources;
  const looked: Looked = { now, instances };
  const nodes = statusNodes(record, records, looked);
  const quorum = quorumOf(nodes.filter((node) => node.member));
  return {
    ...target,
    phase: record?.phase ?? "absent",
    quorum,
    nodes,
    faults: statusFaults({ target, record, nodes, quorum, looked }),
    underWay: statusNotices(target, record, records, nodes),
    instancesUnknown,
  };
}
