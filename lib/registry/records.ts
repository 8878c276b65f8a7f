/**
 * The records of the registry (one DynamoDB table per cluster): their shapes and keys, shared by the agent, which
 * writes them, and the operations, which read them. Plain types; who may write what and when is in lib/agent/PROTOCOL.md.
 */

/** Version of the record shapes this code writes. */
export const SCHEMA_VERSION = 1;

/** Name of the table's only key attribute. */
export const PARTITION_KEY = "pk";

/** Keys of the records. */
export const recordKey = {
  cluster: "cluster",
  workerToken: "token#worker",
  slot: (slot: number): string => `slot#${slot}`,
  /** `${aws:userid}` of a node's role session: the role's unique id and the instance id. */
  node: (roleUniqueId: string, instanceId: string): string => `node#${roleUniqueId}:${instanceId}`,
  removing: (nodeId: string): string => `removing#${nodeId}`,
} as const;

/** Where a cluster is on its way; back only with a claim that is given back, a founder lost in `forming`, a recovery. */
export type Phase = "unclaimed" | "initializing" | "forming" | "ready" | "recovering" | "destroying";

/** What every record carries. */
export interface RecordBase {
  readonly schema: number;
  /** Lowest schema version an agent must know to write this record. */
  readonly minWriter: number;
  /** Identifies the write, so that a lost answer can be told from a lost race. */
  readonly writeId: string;
}

/** A manager as joiners need it. */
export interface ManagerAddress {
  readonly slot: number;
  readonly address: string;
  readonly nodeId: string;
}

/** What the leader says of one member of the swarm, for `status` and the readiness gate. */
export interface MemberSummary {
  readonly nodeId: string;
  readonly instanceId?: string;
  readonly role: "manager" | "worker";
  readonly slot?: number;
  readonly pool?: string;
  readonly availabilityZone?: string;
  readonly address: string;
  /** Docker's node state. */
  readonly state: "ready" | "down" | "unknown" | "disconnected";
  readonly availability: "active" | "pause" | "drain";
  readonly leader?: boolean;
  readonly reachability?: "reachable" | "unreachable" | "unknown";
  readonly engineVersion?: string;
}

/** Members of a large swarm that a summary only counts. */
export interface MemberCount {
  readonly pool?: string;
  readonly state: MemberSummary["state"];
  readonly availability: MemberSummary["availability"];
  readonly count: number;
}

/** The leader's view of the whole swarm, written into the cluster record when it changes. */
export interface ClusterSummary {
  /** All members; of a large swarm, the managers and workers with something to tell. */
  readonly members: readonly MemberSummary[];
  /** The workers that are not in `members`. */
  readonly counted?: readonly MemberCount[];
  /** How many nodes reported lately and are no members yet: those that join spread over all of them (P15). */
  readonly waiting?: number;
  /** Nodes that report and were removed by force: each of them has a tombstone to read (P9). */
  readonly removed?: readonly string[];
  /** What the leader cannot mend, or is mending, in words for the operator. */
  readonly faults: readonly string[];
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** `cluster`: seeded by Terraform with `nonce` and `phase: unclaimed`, written by agents from then on. */
export interface ClusterRecord extends RecordBase {
  readonly nonce: string;
  readonly phase: Phase;
  /** Instance id of the claimer. */
  readonly owner?: string;
  readonly epoch: number;
  readonly renewal: number;
  readonly clusterId?: string;
  readonly generation: number;
  readonly managers: readonly ManagerAddress[];
  /** Who is being promoted, or was last: written before it is asked of Docker, so that no member is unknown here (P5). */
  readonly promoting?: ManagerAddress;
  /** Version index of the swarm object the stored worker token was read at. */
  readonly tokenIndex?: number;
  readonly abandoned: readonly string[];
  readonly summary?: ClusterSummary;
  /** The last sign of life of who leads, written with its own report: once a minute, and when it begins to (P20). */
  readonly lead?: Lead;
  /** Of a cluster that lost its quorum: who carries it on alone. Written by an operator with phase `recovering` (P13). */
  readonly recovery?: Recovery;
}

/** Who acts as the leader. */
export interface Lead {
  readonly instanceId: string;
  /** Since when, in ISO 8601. */
  readonly since?: string;
  /** When it last said so, in ISO 8601. */
  readonly at: string;
}

/** The one manager from which a swarm without quorum is started again. */
export interface Recovery {
  readonly slot: number;
  readonly instanceId: string;
  /** ISO 8601. */
  readonly requestedAt: string;
}

/** `token#worker`: the only token that is stored, and only here. */
export interface WorkerTokenRecord extends RecordBase {
  readonly token: string;
  readonly clusterId: string;
  readonly generation: number;
  readonly tokenIndex: number;
}

/** `slot#<i>`: which instance holds a manager slot; written with the manager role. */
export interface SlotRecord extends RecordBase {
  readonly slot: number;
  readonly instanceId: string;
  readonly address: string;
  readonly nodeId?: string;
  readonly state: NodeState;
  readonly step?: string;
  readonly error?: string;
  readonly updatedAt: string;
  /** Asks the leader to take this instance out of the swarm, while it lives (P11). */
  readonly retire?: Retirement;
  /** Why, in words for the operator. */
  readonly retireReason?: string;
  /** Node of the instance before this one: where it is, there was a swarm (P3). */
  readonly predecessorNodeId?: string;
}

/**
 * How a slot's instance is retired: `remove` leaves the slot empty until Terraform removes it or an operator takes the
 * request back; `replace` has Auto Scaling launch another instance in its place.
 */
export type Retirement = "remove" | "replace";

/** What a node reports of itself. */
export type NodeState =
  | "booting"
  | "claiming"
  | "waiting"
  | "joining"
  | "joined"
  | "ready"
  | "leaving"
  | "retired"
  | "failed";

/** `node#<roleUniqueId>:<instanceId>`: written by the node itself. */
export interface NodeRecord extends RecordBase {
  readonly instanceId: string;
  readonly role: "manager" | "worker";
  readonly slot?: number;
  readonly pool?: string;
  readonly availabilityZone: string;
  readonly address: string;
  readonly state: NodeState;
  /** What the agent is doing or waiting for, in words for the operator. */
  readonly step: string;
  /** The last error, with the log to read. */
  readonly error?: string;
  readonly nodeId?: string;
  readonly agentVersion: string;
  /** Labels of the pool, for the leader to set. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Asks the leader to drain this node (it is about to terminate). */
  readonly drainRequested?: boolean;
  readonly updatedAt: string;
}

/** `removing#<nodeId>`: says that a node is being, or was, removed from the swarm. */
export interface TombstoneRecord extends RecordBase {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly state: "removing" | "removed";
  readonly updatedAt: string;
}

/** Everything in a registry but the join token. */
export interface RegistryRecords {
  readonly cluster?: ClusterRecord;
  readonly slots: readonly SlotRecord[];
  readonly nodes: readonly OwnedNodeRecord[];
  readonly tombstones: readonly TombstoneRecord[];
}

/** A node's record, with whose it is. */
export interface OwnedNodeRecord extends NodeRecord {
  /** Unique id of the role whose credentials wrote the record: part of its key, so that no worker passes for a manager. */
  readonly roleUniqueId: string;
}
