import type { Identity, Instance, Markers } from "../../../lib/agent/ports";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import type { Swarm } from "./swarm";

/** What dockerd keeps on disk of its membership. */
interface SwarmState {
  readonly swarm?: Swarm;
  readonly nodeId?: string;
  readonly options?: NodeSettings["swarm"];
}

/** One run of an agent: it ends with a crash, and nothing it waited for is told to the next one. */
export interface Incarnation {
  alive: boolean;
  readonly stop: AbortController;
}

/** An instance with its disk, its dockerd and its agent; plain state, changed by the world. */
export class Machine {
  public markers: Markers = {};
  public dockerState: "inactive" | "pending" | "active" | "error" = "inactive";
  public swarmState: SwarmState = {};
  public dockerRuns = true;
  public instance: Instance["state"] = "running";
  public agent: Incarnation | undefined;
  public paused = false;
  /** Whether its network is cut from the rest; AWS stays within reach. */
  public isolated = false;
  public terminating = false;
  /** What happened to it while it was paused. */
  public deferred: (() => void)[] = [];
  /** States EC2 shows, each from a moment on. */
  public readonly shown: { readonly at: number; readonly state: Instance["state"] }[] = [];
  public readonly hooks = new Set<string>();
  /** The cluster record as it last was read, and when. */
  public lastRead: { readonly at: number; readonly owner?: string; readonly phase?: string } | undefined;
  /** When the request to dockerd was sent that is being answered. */
  public sentAt = 0;
  /** Milliseconds by which its next effect elsewhere comes late. */
  public slowNext = 0;
  /** The next join fails after the manager has made the node (F1). */
  public joinFails = false;

  public constructor(
    public readonly name: string,
    public readonly settings: NodeSettings,
    public readonly self: Identity,
    /** Milliseconds its clocks are off: the monotonic one, and the one for people. */
    public readonly skew: { readonly monotonic: number; readonly wall: number },
  ) {}

  public get address(): string {
    return this.self.address;
  }

  public get isUp(): boolean {
    return this.instance === "running" && this.dockerRuns && !this.paused;
  }

  public get isGone(): boolean {
    return this.instance === "terminated" || this.instance === "shutting-down";
  }

  /** Whether its dockerd runs as a node of a swarm, known to it or not. */
  public runsAs(swarmId: string, nodeId: string): boolean {
    const { swarm, nodeId: own } = this.swarmState;
    return this.isUp && this.dockerState === "active" && swarm?.id === swarmId && own === nodeId;
  }

  /** The swarm it manages, as a member of its Raft. */
  public get managed(): Swarm | undefined {
    const { swarm, nodeId } = this.swarmState;
    if (!this.isUp || this.dockerState !== "active" || nodeId === undefined) return undefined;
    return swarm?.raft.has(nodeId) === true ? swarm : undefined;
  }
}
