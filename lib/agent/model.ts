import type {
  ClusterRecord,
  ClusterSummary,
  ManagerAddress,
  NodeState,
  RegistryRecords,
  SlotRecord,
  TombstoneRecord,
} from "../registry/records";
import type {
  Identity,
  InstancesAnswer,
  Markers,
  SlotGroup,
  StatusCheck,
  SwarmNode,
  SwarmObject,
  SwarmStatus,
} from "./ports";

/** Something read at a moment of the node's own clock; what was read may be that something is not there. */
export interface Fact<T> {
  readonly value: T;
  /** Milliseconds on the node's monotonic clock. */
  readonly at: number;
}

/** What the node's own dockerd says. */
export interface DockerView {
  readonly status: SwarmStatus;
  /** This node as the swarm sees it; managers only. */
  readonly self?: SwarmNode;
  /** The whole swarm; the leader only. */
  readonly nodes?: readonly SwarmNode[];
  /** The swarm object; managers only. */
  readonly swarm?: SwarmObject;
  /** Why a manager's questions to its swarm were not answered, for want of quorum for one. */
  readonly controlError?: string;
}

/** A Docker operation that is under way; it can take minutes, and the loop goes on meanwhile. */
export interface Busy {
  readonly kind: ActionKind;
  readonly since: number;
}

/** Everything a decision may depend on: the time, chance, and what was seen of the world. */
export interface Observation {
  /** Milliseconds on the node's monotonic clock. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly wallTime: number;
  /** At least 0, below 1. */
  readonly random: number;
  readonly self: Identity;
  readonly markers: Markers;
  readonly hasCertificate: boolean;
  /** Whether dockerd's disk cannot be read without the swarm's unlock key. */
  readonly isDiskLocked: boolean;
  /** Why dockerd was kept down at boot. */
  readonly refusal?: string;
  readonly docker?: Fact<DockerView>;
  readonly dockerError?: string;
  readonly cluster?: Fact<ClusterRecord | undefined>;
  readonly slot?: Fact<SlotRecord | undefined>;
  readonly tombstone?: Fact<TombstoneRecord | undefined>;
  readonly table?: Fact<RegistryRecords>;
  readonly registryError?: string;
  /** When the registry was last asked. */
  readonly registryTriedAt?: number;
  /** EC2's last answer, with the instances it was asked about. */
  readonly instances?: Fact<{ readonly asked: readonly string[] } & InstancesAnswer>;
  readonly instancesError?: string;
  /** When EC2 was last asked, answer or none. */
  readonly instancesTriedAt?: number;
  /** What the status checks of the managers' instances said last; the leader's only. */
  readonly statusChecks?: Fact<readonly StatusCheck[]>;
  /** When status checks were last asked for, answer or none. */
  readonly statusChecksTriedAt?: number;
  /** Which of the groups of slots there are, and whose instances Auto Scaling last said to be in them; the leader's only. */
  readonly slotGroups?: Fact<readonly SlotGroup[]>;
  /** When Auto Scaling was last asked for them, answer or none. */
  readonly slotGroupsTriedAt?: number;
  readonly terminating: boolean;
  /** Containers that run here; counted only while the node is about to terminate. */
  readonly runningContainers?: number;
  readonly busy?: Busy;
}

/** Why a node may leave its swarm; there is no other reason. */
export type LeaveGround =
  /** A tombstone says that this node was removed. */
  | "removed"
  /** Its cluster was abandoned before it was ready. */
  | "abandoned"
  /** It began to found a swarm that was never published, and another one was. */
  | "unpublished"
  /** It never had a certificate: it was never a member of anything. */
  | "no certificate"
  /** It is a worker and is being terminated. */
  | "terminating";

/** What an action does; its fields are what must still hold when it does it. */
export type ActionDetail =
  | {
      readonly kind: "take-slot";
      readonly slot: number;
      readonly from?: string;
      /** Node of the instance before this one, where a swarm may know it. */
      readonly predecessorNodeId?: string;
    }
  | { readonly kind: "claim"; readonly epoch: number }
  | { readonly kind: "steal"; readonly epoch: number; readonly renewal: number }
  | { readonly kind: "renew"; readonly epoch: number; readonly renewal: number }
  | { readonly kind: "release"; readonly epoch: number; readonly renewal: number }
  | { readonly kind: "init"; readonly epoch: number }
  | { readonly kind: "adopt"; readonly epoch: number }
  | { readonly kind: "publish"; readonly epoch: number; readonly clusterId: string; readonly nodeId: string }
  | {
      readonly kind: "abandon";
      readonly epoch: number;
      readonly clusterId: string;
      readonly writeId: string;
      /** Slots whose records name a dead member. */
      readonly dead: readonly { readonly slot: number; readonly nodeId: string }[];
    }
  | ({ readonly kind: "open-disk" } & Membership)
  | ({ readonly kind: "force-new-cluster" } & Membership)
  | ({ readonly kind: "publish-recovery"; readonly nodeId: string } & Membership)
  | ({ readonly kind: "declare-ready"; readonly nodeId: string } & Membership)
  | ({ readonly kind: "join"; readonly manager: string } & Membership)
  | ({ readonly kind: "mark-member"; readonly nodeId?: string } & Membership)
  | { readonly kind: "leave"; readonly ground: LeaveGround; readonly clusterId?: string; readonly nodeId?: string }
  | ({
      readonly kind: "promote";
      readonly slot: number;
      readonly instanceId: string;
      readonly address: string;
      /** The members there are. */
      readonly managers: readonly ManagerAddress[];
      readonly labels: Readonly<Record<string, string>>;
    } & NodeVersion &
      Membership)
  | ({ readonly kind: "label"; readonly labels: Readonly<Record<string, string>> } & NodeVersion)
  | ({ readonly kind: "drain"; readonly retiring?: SlotHolder } & NodeVersion & Membership)
  | ({ readonly kind: "bury"; readonly nodeId: string; readonly retiring?: SlotHolder } & Membership)
  | ({ readonly kind: "demote"; readonly retiring?: SlotHolder } & NodeVersion & Membership)
  | ({
      readonly kind: "remove";
      readonly nodeId: string;
      /** Version of the node that was seen; none of one that is gone already. */
      readonly version?: number;
      readonly retiring?: SlotHolder;
    } & Membership)
  | ({ readonly kind: "disown"; readonly nodeId: string } & Membership)
  | ({ readonly kind: "prove-writes" } & Membership)
  | { readonly kind: "restart-engine" }
  | ({ readonly kind: "retire-slot"; readonly why: string } & SlotHolder & Membership)
  | ({
      readonly kind: "replace";
      /** Whether the instance holds the slot, or died before it took it. */
      readonly isHolder: boolean;
    } & SlotHolder &
      Membership)
  | { readonly kind: "unlock" }
  | ({
      readonly kind: "keep-unlock-key";
      /** Version of the swarm object that was seen. */
      readonly version: number;
    } & Membership)
  | ({ readonly kind: "publish-token"; readonly version: number } & Membership)
  | ({
      readonly kind: "publish-view";
      readonly managers: readonly ManagerAddress[];
      readonly promoting?: ManagerAddress;
      readonly summary: Omit<ClusterSummary, "updatedAt">;
      /** The write of the record that was seen. */
      readonly writeId: string;
    } & Membership)
  | { readonly kind: "complete-hook"; readonly hook: string; readonly transition: "launch" | "terminate" }
  | { readonly kind: "extend-hook"; readonly hook: string; readonly transition: "launch" | "terminate" }
  | {
      readonly kind: "report";
      readonly report: Report;
      readonly nodeId?: string;
      /** Whether dockerd is in no swarm; while nothing is known of it, what was reported stays. */
      readonly isOut: boolean;
      readonly drainRequested: boolean;
      /** The slot this instance holds. */
      readonly slot?: number;
      /** The cluster this node leads, and since when in ISO 8601. */
      readonly leading?: Membership & { readonly since: string };
    };

/** The cluster an action belongs to; checked again before it is done. */
export interface Membership {
  readonly clusterId: string;
  readonly generation: number;
}

/** A manager slot and the instance that holds it. */
export interface SlotHolder {
  readonly slot: number;
  readonly instanceId: string;
}

/** A node and the version of it that was seen. */
export interface NodeVersion {
  readonly nodeId: string;
  readonly version: number;
}

/** One thing to do, why, and until when: a decision is not acted on once what it rests on is old. */
export type Action = ActionDetail & { readonly reason: string; readonly expiresAt: number };

export type ActionKind = ActionDetail["kind"];

/** An action of one kind. */
export type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

/** What of a report is written. */
export type ReportContent = Pick<ActionOf<"report">, "report" | "nodeId" | "isOut" | "drainRequested">;

/** What the node says of itself. */
export interface Report {
  readonly state: NodeState;
  /** What the agent does or waits for; words that stay the same for as long as that does. */
  readonly step: string;
  readonly error?: string;
  /** Everything else worth knowing, for the log. */
  readonly reasons: readonly string[];
}

/** What is to be done, and what is to be said. */
export interface Decision {
  readonly actions: readonly Action[];
  readonly report: Report;
}

/** What became of an action. */
export interface Outcome {
  readonly action: Action;
  readonly result: "done" | "refused" | "expired" | "failed";
  /** Of a refusal or failure: by what. */
  readonly detail?: string;
}

/** Milliseconds after which what was observed is no longer acted on. */
export const DECISION_LIFETIME = 10_000;
