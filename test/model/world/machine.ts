import type { Identity, Instance, Markers } from "../../../lib/agent/ports";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import type { Swarm } from "./swarm";

/** What dockerd keeps on disk of its membership. */
export interface SwarmState {
  readonly swarm?: Swarm;
  readonly nodeId?: string;
  readonly options?: NodeSettings["swarm"];
}

/** What of an instance an image of it carries. */
export interface Disk {
  readonly markers: Markers;
  readonly swarmState: SwarmState;
}

/** One run of an agent: it ends with a crash, and nothing it waited for is told to the next one. */
export interface Incarnation {
  alive: boolean;
  readonly stop: AbortController;
}

/** The cluster record as an agent read it, and when. */
export interface ClusterRead {
  readonly at: number;
  readonly owner?: string;
  readonly phase?: string;
  readonly generation?: number;
  readonly minWriter?: number;
}

/** An instance with its disk, its dockerd and its agent; plain state, changed by the world. */
export class Machine {
  public markers: Markers = {};
  public dockerState: "inactive" | "pending" | "active" | "error" | "locked" = "inactive";
  public swarmState: SwarmState = {};
  public dockerRuns = true;
  /** Whether its dockerd is stopped in its tracks: it takes requests, and answers none. */
  public hung = false;
  /** The key its disk is locked with, where it is. */
  public lockedBy: string | undefined;
  /** Whether its dockerd, just unlocked, waits for a leader: it takes no other order of that kind until it has one. */
  public waitsForLeader = false;
  /**
   * How the swarm's part of its dockerd is: `stopped` by an error, until dockerd is started again; or well, though dockerd
   * says `error` ever since it started that part again by itself.
   */
  public engine: "well" | "marked" | "stopped" = "well";
  /** When its dockerd last got well again by itself. */
  public engineMendedAt = Number.NEGATIVE_INFINITY;
  /** Whether its disk is full: no part of a swarm runs on it. */
  public diskFull = false;
  /** Swarm state that was moved away, and may be moved back. */
  public lost: SwarmState = {};
  /** Milliseconds for which it reads the log when it next becomes a manager: it answers, and confirms nothing. */
  public replayFor = 0;
  /** Whether its dockerd does not start any more. */
  public broken = false;
  /** Why the guard kept dockerd down at boot. */
  public refusal: string | undefined;
  public instance: Instance["state"] = "running";
  /** Whether an operator recovered the swarm without it: it is started only where the registry answers. */
  public leftBehind = false;
  /** How often it was turned off: only the last time decides when it starts again. */
  public starts = 0;
  public agent: Incarnation | undefined;
  public paused = false;
  /** Whether its network is cut from the rest; AWS stays within reach. */
  public isolated = false;
  /** Whether AWS is out of its reach. */
  public offline = false;
  /** Whether it fails EC2's status checks. */
  public impaired = false;
  public terminating = false;
  /** What happened to it while it was paused, and what its dockerd was asked while that was. */
  public deferred: (() => void)[] = [];
  public readonly unanswered: (() => void)[] = [];
  /** States EC2 shows, each from a moment on. */
  public readonly shown: { readonly at: number; readonly state: Instance["state"] }[] = [];
  public readonly hooks = new Set<string>();
  /** What its agent read of the cluster lately, the last of it last. */
  public reads: readonly ClusterRead[] = [];
  /** When the request was sent that is being answered, and what its agent knew of the cluster then. */
  public sent: { readonly at: number; readonly reads: readonly ClusterRead[] } = { at: 0, reads: [] };
  /** Milliseconds by which its next effect elsewhere comes late. */
  public slowNext = 0;
  /** The next join fails after the manager has made the node (F1). */
  public joinFails = false;
  /** Milliseconds its clock for people is off; it may jump. */
  public wallSkew: number;

  public constructor(
    public readonly name: string,
    public readonly settings: NodeSettings,
    public readonly self: Identity,
    /** Milliseconds its clocks are off: the monotonic one, which also goes at its own rate, and the one for people. */
    private readonly skew: { readonly monotonic: number; readonly wall: number; readonly rate: number },
  ) {
    this.wallSkew = skew.wall;
  }

  /** Its clock for people is set right again, as NTP does. */
  public setClock(): void {
    this.wallSkew = this.skew.wall;
  }

  public get address(): string {
    return this.self.address;
  }

  /** Its monotonic clock at a moment of simulated time. */
  public clock(now: number): number {
    return now * this.skew.rate - this.skew.monotonic;
  }

  /** Whether programs on it run, its dockerd among them. */
  public get isUp(): boolean {
    return this.dockerRuns && !this.paused;
  }

  public get isGone(): boolean {
    return this.instance === "terminated" || this.instance === "shutting-down";
  }

  /** Whether its dockerd runs as a node of a swarm, known to it or not. */
  public runsAs(swarm: Swarm, nodeId: string): boolean {
    const { swarmState } = this;
    if (swarmState.nodeId !== nodeId || swarmState.swarm !== swarm) return false;
    return this.dockerState === "active" && this.engine !== "stopped" && this.isUp && !this.hung;
  }

  /** The swarm it manages, as far as it knows. */
  public get managed(): Swarm | undefined {
    const { swarm, nodeId } = this.swarmState;
    if (!this.isUp || this.hung || this.engine === "stopped") return undefined;
    if (this.dockerState !== "active" || nodeId === undefined) return undefined;
    return swarm?.raft.knowsItself(nodeId) === true ? swarm : undefined;
  }
}
