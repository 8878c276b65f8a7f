import type { Change, ChangeResult } from "../registry/change";
import type { NodeSettings } from "../registry/node-settings";
import type {
  ClusterRecord,
  RegistryRecords,
  SlotRecord,
  TombstoneRecord,
  WorkerTokenRecord,
} from "../registry/records";

export type { Change, ChangeResult, Condition, RecordUpdate } from "../registry/change";

/** Time as a node knows it. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for what people read; may jump. */
  wallTime(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** What dockerd says of its own membership. */
export interface SwarmStatus {
  readonly state: "inactive" | "pending" | "active" | "error" | "locked";
  /** Node id, once the node has one. */
  readonly nodeId?: string;
  /** Whether this node is a manager that takes requests. */
  readonly controlAvailable: boolean;
  /** Id of the cluster; only managers know it. */
  readonly clusterId?: string;
  readonly error?: string;
}

/** A node of the swarm, as a manager lists it. */
export interface SwarmNode {
  readonly id: string;
  /** Version of the object, without which nothing in it can be changed. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The role the node is to have; it has it once `manager` is there, or gone. */
  readonly role: "manager" | "worker";
  readonly availability: "active" | "pause" | "drain";
  readonly labels: Readonly<Record<string, string>>;
  readonly state: "ready" | "down" | "unknown" | "disconnected";
  /** Address the managers see the node's connection come from. */
  readonly address: string;
  /** Empty until the node has connected for the first time. */
  readonly hostname: string;
  readonly engineVersion?: string;
  /** Its part in Raft; absent while the node is no member of it. */
  readonly manager?: { readonly leader: boolean; readonly reachability: "reachable" | "unreachable" | "unknown" };
}

/** The swarm object; the tokens are left out on purpose. */
export interface SwarmObject {
  readonly clusterId: string;
  readonly version: number;
  readonly addressPools: readonly string[];
  readonly addressPoolMaskLength: number;
  readonly dataPathPort: number;
  readonly heartbeatSeconds: number;
  readonly certExpiryHours: number;
  readonly taskHistoryLimit: number;
  /** Whether managers are locked after a restart. */
  readonly autolock: boolean;
}

/** A worker's join token with the version of the swarm it was read at. Never logged, never kept. */
export interface WorkerToken {
  readonly token: string;
  readonly clusterId: string;
  readonly version: number;
}

/** How a swarm is founded: as the node settings say, at this address. */
export type InitOptions = NodeSettings["swarm"] & { readonly address: string; readonly autolock: boolean };

/** The local dockerd. Every call may reject: the daemon can be down, slow, or without quorum. */
export interface Docker {
  status(): Promise<SwarmStatus>;
  node(id: string): Promise<SwarmNode>;
  nodes(): Promise<readonly SwarmNode[]>;
  swarm(): Promise<SwarmObject>;
  workerToken(): Promise<WorkerToken>;
  /** The key that unlocks managers, if they are locked after a restart. Never logged, never kept on the node. */
  unlockKey(): Promise<string | undefined>;
  init(options: InitOptions): Promise<void>;
  /** Lets this locked manager read its disk; takes until it is in the swarm. */
  unlock(key: string): Promise<void>;
  /** Starts the swarm again from this manager alone, with all that it knows; the others are no members any more. */
  forceNewCluster(options: InitOptions): Promise<void>;
  join(options: { readonly address: string; readonly manager: string; readonly token: string }): Promise<void>;
  leave(): Promise<void>;
  /** Changes a node; rejects when the object has another version by now. */
  updateNode(
    id: string,
    version: number,
    change: {
      readonly role?: "manager" | "worker";
      readonly availability?: "active" | "drain";
      readonly labels?: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
  /** Dockerd refuses to remove a node that is up, unless forced; with a version, the node must be what was seen. */
  removeNode(id: string, options?: { readonly version?: number; readonly force?: boolean }): Promise<void>;
  /** Number of containers that run on this node. */
  runningContainers(): Promise<number>;
}

/** The service that runs the local dockerd. */
export interface DockerService {
  /** Restarts dockerd, prepared as for a boot: the guard looks at its disk before it starts. Resolves once it runs. */
  restart(): Promise<void>;
}

/** The lock on dockerd's disk, where managers are locked: without the swarm's unlock key nobody reads it. */
export interface DiskLock {
  isOn(): Promise<boolean>;
  /** Whether a key opens it. */
  opensWith(key: string): Promise<boolean>;
  /** Takes it off a disk whose dockerd is down; dockerd puts it on again once its swarm has a leader. */
  takeOff(key: string): Promise<void>;
}

/** The registry. Reads are strongly consistent. */
export interface Registry {
  cluster(): Promise<ClusterRecord | undefined>;
  slot(slot: number): Promise<SlotRecord | undefined>;
  workerToken(): Promise<WorkerTokenRecord | undefined>;
  tombstone(nodeId: string): Promise<TombstoneRecord | undefined>;
  table(): Promise<RegistryRecords>;
  /** Rejects when it is unknown whether the change was made. */
  change(change: Change): Promise<ChangeResult>;
}

/** An instance as EC2 knows it. */
export interface Instance {
  readonly instanceId: string;
  readonly state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";
  readonly privateAddress?: string;
  /** Auto Scaling group that launched it, by the tag only AWS can write. */
  readonly autoScalingGroup?: string;
  readonly instanceProfile?: string;
}

/** What EC2 said of the instances it was asked about. One in neither list was left out: nothing is known of it. */
export interface InstancesAnswer {
  readonly found: readonly Instance[];
  /** Those that EC2 said, by their ids, not to know. */
  readonly missing: readonly string[];
}

/** What EC2's status checks say of a running instance and of the machine below it. */
export interface StatusCheck {
  readonly instanceId: string;
  /** `unknown`: not enough data yet. */
  readonly checks: "ok" | "impaired" | "unknown";
}

/** EC2's word on instances. */
export interface Instances {
  describe(instanceIds: readonly string[]): Promise<InstancesAnswer>;
  /** Those of the given ids that run. */
  statusChecks(instanceIds: readonly string[]): Promise<readonly StatusCheck[]>;
}

/** Whom an Auto Scaling group counts as its own, dead or alive; not those it is ending already. */
export interface SlotGroup {
  readonly group: string;
  readonly instanceIds: readonly string[];
}

/** The Auto Scaling groups of the manager slots. */
export interface SlotGroups {
  /** The instances of groups; a group that does not exist is left out. */
  instances(groups: readonly string[]): Promise<readonly SlotGroup[]>;
  /** Terminates an instance, dead or alive, so that its group launches another one. */
  replace(instanceId: string): Promise<"done" | "not in a group">;
}

/** Where the unlock key of a swarm is kept, apart from what it unlocks. */
export interface UnlockKeys {
  /** The key, or the one that was stored before it; undefined if there is none. */
  read(which: "current" | "previous"): Promise<string | undefined>;
  write(key: string): Promise<void>;
}

/** Auto Scaling's lifecycle hooks, for this instance. */
export interface LifecycleHooks {
  complete(hook: string): Promise<"done" | "no active action">;
  extend(hook: string): Promise<"done" | "no active action">;
}

/** What the metadata service says this machine is. */
export interface Identity {
  readonly instanceId: string;
  readonly address: string;
  readonly availabilityZone: string;
}

/** The instance metadata service. */
export interface Metadata {
  identity(): Promise<Identity>;
  /** Whether AWS is about to terminate this instance: its Auto Scaling group, or EC2 for want of spot capacity. */
  terminating(): Promise<boolean>;
}

/** Proof that this instance began to found a swarm, written before it does. */
export interface FounderMarker {
  readonly nonce: string;
  readonly instanceId: string;
  readonly epoch: number;
}

/** The cluster this instance joined or founded, written before it joins. */
export interface MemberMarker {
  readonly nonce: string;
  readonly instanceId: string;
  readonly clusterId: string;
  readonly generation: number;
  /** Once the node has one. */
  readonly nodeId?: string;
}

/** Proof that the launch hook was completed. */
export interface LaunchMarker {
  readonly instanceId: string;
}

/** What the agent keeps on the node's disk. */
export interface Markers {
  readonly founder?: FounderMarker;
  readonly member?: MemberMarker;
  readonly launch?: LaunchMarker;
}

/** The local disk. */
export interface LocalStore {
  markers(): Promise<Markers>;
  /** Writes markers durably; undefined removes one, and those not named stay. */
  save(change: { readonly [Name in keyof Markers]?: Markers[Name] | undefined }): Promise<void>;
  /** Whether dockerd has a node certificate, without which it was never a member of anything. */
  hasCertificate(): Promise<boolean>;
  /** Why the preparation of this boot refused to let dockerd start. */
  refusal(): Promise<string | undefined>;
}
