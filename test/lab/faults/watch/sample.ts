import type { AccountInstance } from "../../../../lib/lab/emulator/account-state";
import type {
  ClusterRecord,
  NodeRecord,
  SlotRecord,
  TombstoneRecord,
  WorkerTokenRecord,
} from "../../../../lib/registry/records";

/** The lab at one moment, seen from outside: nothing in it is what an agent believes, but what it wrote is in it too. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly hosts: readonly HostView[];
  readonly instances: readonly AccountInstance[];
  /** Absent while there is no table. */
  readonly registry?: RegistryView;
}

/** One container that stands for an instance. */
export interface HostView {
  readonly instanceId: string;
  /** Operators' name: `manager-0`, `general-1`. */
  readonly name: string;
  /** Docker's word for the container: `running`, `exited`, `paused`, … */
  readonly container: string;
  /** What the dockerd in it says; absent while that does not answer. */
  readonly engine?: EngineView;
}

export interface EngineView {
  readonly state: "inactive" | "pending" | "active" | "error" | "locked";
  readonly nodeId?: string;
  /** Managers alone know it. */
  readonly clusterId?: string;
  /** The swarm's nodes; only of a manager whose swarm has a leader. */
  readonly members?: readonly MemberView[];
  /** Ids of the running containers of the workload. */
  readonly replicas: readonly string[];
}

export interface MemberView {
  readonly nodeId: string;
  readonly state: string;
  readonly availability: string;
  /** Its part in Raft; workers have none. */
  readonly manager?: { readonly leader: boolean; readonly reachability: string };
}

/** The registry's table, without the token itself. */
export interface RegistryView {
  readonly cluster?: ClusterRecord;
  readonly token?: Omit<WorkerTokenRecord, "token">;
  readonly slots: readonly SlotRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly tombstones: readonly TombstoneRecord[];
}

/** A host whose own list of nodes says that it leads. */
export interface Leadership {
  readonly host: HostView;
  readonly clusterId: string;
  readonly members: readonly MemberView[];
}

/** Everyone who leads: one in a healthy swarm; two of one swarm for the seconds in which the old one is not aware. */
export function leaderships({ hosts }: Sample): readonly Leadership[] {
  return hosts.flatMap((host) => {
    const { nodeId, clusterId, members } = host.engine ?? {};
    const own = members?.find((member) => member.nodeId === nodeId);
    if (clusterId === undefined || members === undefined || own?.manager?.leader !== true) return [];
    return [{ host, clusterId, members }];
  });
}

export function managersOf(members: readonly MemberView[]): readonly MemberView[] {
  return members.filter(({ manager }) => manager !== undefined);
}

/** Managers that could be lost before nothing can be decided any more; negative: nothing can. */
export function marginOf(members: readonly MemberView[]): number {
  const managers = managersOf(members);
  const reachable = managers.filter(({ manager }) => manager?.reachability === "reachable").length;
  return reachable - (Math.floor(managers.length / 2) + 1);
}

export function hostNamed(sample: Sample, name: string): HostView | undefined {
  const named = sample.hosts.filter((host) => host.name === name);
  // A slot's successor has its predecessor's name, and may come before that one is gone.
  return named.find(({ container }) => container === "running") ?? named[0];
}

/** Slot of an instance, by the Auto Scaling group that launched it. */
export function slotOf(instanceId: string, { instances }: Sample): number | undefined {
  const group = instances.find(({ id }) => id === instanceId)?.autoScalingGroup ?? "";
  const slot = /-manager-(\d+)$/.exec(group)?.[1];
  return slot === undefined ? undefined : Number(slot);
}
