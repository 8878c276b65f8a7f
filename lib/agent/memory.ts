import type { ActionKind } from "./model";

/** What the agent remembers from tick to tick; all of it may be lost by a restart without harm. */
export interface Memory {
  readonly startedAt: number;
  /** Since when the claim of another manager has not moved, seen without a gap. */
  readonly watch?: {
    readonly epoch: number;
    readonly renewal: number;
    readonly since: number;
    readonly seenAt: number;
  };
  /** Since when the cluster record has not been written while `forming`. */
  readonly standstill?: { readonly writeId: string; readonly since: number };
  readonly unclaimedSince?: number;
  /** The last claim that failed, or was given up, and until when not to try again. */
  readonly claimPause?: { readonly until: number; readonly reason: string };
  readonly renewedAt?: number;
  readonly slotHeld: boolean;
  /** When the slot's record was last read, or last written by this node. */
  readonly slotKnownAt?: number;
  /** Failed attempts at each kind of action. */
  readonly attempts: Readonly<Partial<Record<ActionKind, Attempts>>>;
  /** Since when dockerd is neither in a swarm nor out of it. */
  readonly stuckSince?: number;
  /** Since when dockerd has a part in a swarm, and is no manager of it that its leader answers. */
  readonly leaderlessSince?: number;
  readonly launch: HookMemory;
  readonly terminate: HookMemory;
  /** Instances whose status checks fail, and since when without one that passed. */
  readonly impairedSince: Readonly<Record<string, number>>;
  /** Nodes the swarm holds for down, and since when without a break. */
  readonly downSince: Readonly<Record<string, number>>;
  /** Instances that hold a slot and are no node of the swarm, and since when without a break. */
  readonly vacantSince: Readonly<Record<string, number>>;
  /** Nodes that have never connected, and since when they have been seen so. */
  readonly namelessSince: Readonly<Record<string, number>>;
  /** Managers that answer in Raft, and since when without a break. */
  readonly reachableSince: Readonly<Record<string, number>>;
  /** Nodes that report and that the swarm does not list, and since when without a break. */
  readonly missedSince: Readonly<Record<string, number>>;
  /** Nodes that take no tasks any more, and since when. */
  readonly drainedSince: Readonly<Record<string, number>>;
  /** Instances Auto Scaling was asked to replace, and when last. */
  readonly replacedAt: Readonly<Record<string, number>>;
  /** Instances Auto Scaling lists for slots, and since when. */
  readonly listedSince: Readonly<Record<string, number>>;
  /** Instances EC2 did not know, how often in a row, and when last. */
  readonly notFound: Readonly<Record<string, { readonly count: number; readonly at: number }>>;
  /** When the list of nodes, or the leadership, last changed. */
  readonly swarmChange: { readonly signature: string; readonly at: number };
  readonly reported?: { readonly text: string; readonly at: number };
  readonly viewWrittenAt?: number;
  /** Since when this node leads. */
  readonly leadsSince?: number;
  /** The leader's last sign of life, and when this node first read it. */
  readonly leadSign?: { readonly at: string; readonly since: number };
  /** When a majority last confirmed a write that proves just that, and since when it has not though it was tried. */
  readonly provenAt?: number;
  readonly unprovenSince?: number;
  /** When dockerd was last restarted for the swarm's sake. */
  readonly engineRestartedAt?: number;
  /** When nodes were labelled, the last of them last. */
  readonly labelledAt: readonly number[];
  /** Version of the swarm object since which the stored unlock key is known to be the swarm's. */
  readonly unlockKeyVersion?: number;
  /** Since when this node could join, seen without interruption. */
  readonly joinableSince?: number;
  /** Since when something is left to do before this node is Ready. */
  readonly unsettledSince?: number;
  /** An action came too late for what it rested on: what was read before this moment is to be read again. */
  readonly staleAt?: number;
  /** Failed reads of the registry in a row. */
  readonly registry: Attempts & { readonly triedAt?: number };
  /** What is left of the questions EC2 may be asked. */
  readonly questions: { readonly left: number; readonly at: number; readonly triedAt?: number };
  /** Since when this instance is known to be about to terminate. */
  readonly terminatingSince?: number;
}

/** Failed attempts at something in a row, and when to try again. */
export interface Attempts {
  readonly failures: number;
  readonly notBefore: number;
  readonly error?: string;
}

/** Attempts at a kind of action that has not failed. */
export function attemptsAt(memory: Memory, kind: ActionKind): Attempts {
  return memory.attempts[kind] ?? { failures: 0, notBefore: memory.startedAt };
}

/** How far a lifecycle hook is. */
export interface HookMemory {
  readonly done: boolean;
  /** How often in a row there was no active action to complete. */
  readonly missed: number;
  readonly notBefore: number;
  readonly extendedAt?: number;
  readonly error?: string;
}

/** Questions EC2 may be asked at once; later ones, one a minute. */
export const QUESTION_BURST = 3;

/** The memory of an agent that has just started. */
export function newMemory(now: number): Memory {
  return {
    startedAt: now,
    slotHeld: false,
    attempts: {},
    launch: { done: false, missed: 0, notBefore: now },
    terminate: { done: false, missed: 0, notBefore: now },
    impairedSince: {},
    downSince: {},
    vacantSince: {},
    namelessSince: {},
    reachableSince: {},
    missedSince: {},
    drainedSince: {},
    replacedAt: {},
    labelledAt: [],
    listedSince: {},
    notFound: {},
    swarmChange: { signature: "", at: now },
    registry: { failures: 0, notBefore: now },
    questions: { left: QUESTION_BURST, at: now },
  };
}
