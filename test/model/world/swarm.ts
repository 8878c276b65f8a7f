import type { SwarmNode } from "../../../lib/agent/ports";
import type { Machine } from "./machine";

/** Three heartbeats less jitter: time until a node that is gone is seen to be Down. */
const DOWN_AFTER = 13_300;
/** Time for a node to report to a new leader. */
const REPORT_AFTER = 3_000;
const ELECTION = 3_000;
/** For how long a leader that lost its majority still believes in itself. */
const STALE_LEADER = 10_000;
const ROLE_INTERVAL = 5_000;
const PROMOTION = 900;

export interface NodeObject {
  readonly id: string;
  readonly machine: Machine;
  readonly createdAt: number;
  version: number;
  role: "manager" | "worker";
  availability: "active" | "pause" | "drain";
  labels: Readonly<Record<string, string>>;
  state: SwarmNode["state"];
  /** Whether it ever connected; before, it has no host name. */
  connected: boolean;
  seenAt: number;
  roleChangedAt: number;
}

export type NodeChange = {
  readonly role?: "manager" | "worker";
  readonly availability?: "active" | "drain";
  readonly labels?: Readonly<Record<string, string>>;
};

/** What a swarm needs of the world. */
export interface Surroundings {
  now(): number;
  linked(one: Machine, other: Machine): boolean;
}

/** A swarm as Raft has it: one committed log, its members, a leader where a majority is linked (F1 to F4). */
export class Swarm {
  public readonly nodes = new Map<string, NodeObject>();
  /** Raft's members; one whose node object was removed too early is a ghost. */
  public readonly raft = new Map<string, Machine>();
  public readonly removed = new Set<string>();
  public leader: string | undefined;
  public version = 10;
  private tokens = 0;
  private leaderSince = 0;
  private lostSince: number | undefined;
  private stale: { readonly id: string; readonly until: number; readonly nodes: readonly SwarmNode[] } | undefined;
  private serial = 0;

  public constructor(
    public readonly id: string,
    private readonly world: Surroundings,
  ) {}

  public get token(): string {
    return `token ${this.tokens} of ${this.id}`;
  }

  public rotateToken(): void {
    this.tokens++;
    this.version++;
  }

  public admit(machine: Machine, role: "manager" | "worker"): NodeObject {
    const id = `${this.id}-n${this.serial++}`;
    const now = this.world.now();
    const node: NodeObject = {
      id,
      machine,
      createdAt: now,
      version: 1,
      role,
      availability: "active",
      labels: {},
      state: "unknown",
      connected: false,
      seenAt: now,
      roleChangedAt: now,
    };
    this.nodes.set(id, node);
    if (role === "manager") {
      this.raft.set(id, machine);
      this.leader = id;
      this.leaderSince = now;
    }
    return node;
  }

  /** The node's agent reaches the dispatcher for the first time. */
  public connect(id: string): void {
    const node = this.nodes.get(id);
    if (node === undefined) return;
    node.connected = true;
    node.state = "ready";
    node.seenAt = this.world.now();
    node.version++;
  }

  public isLive(id: string): boolean {
    const machine = this.raft.get(id) ?? this.nodes.get(id)?.machine;
    return machine?.runsAs(this.id, id) === true;
  }

  /** Members of Raft that are live and linked to a given machine. */
  public peersOf(machine: Machine): readonly string[] {
    return [...this.raft].filter(([id, each]) => this.isLive(id) && this.world.linked(machine, each)).map(([id]) => id);
  }

  public majority(members = this.raft.size): number {
    return Math.floor(members / 2) + 1;
  }

  /** Members that answer in the side of the swarm that has most of them. */
  public reachable(): number {
    return Math.max(0, ...[...this.raft.values()].map((machine) => this.peersOf(machine).length));
  }

  public hasQuorum(): boolean {
    return this.raft.size > 0 && this.reachable() >= this.majority();
  }

  /** What a member of Raft is told when it asks; rejects without a leader it can reach. */
  public list(asker: Machine, nodeId: string): readonly SwarmNode[] {
    if (this.canCommit(asker)) return this.view();
    if (this.stale?.id === nodeId && this.world.now() < this.stale.until) return this.stale.nodes;
    throw new Error("The swarm does not have a leader.");
  }

  public canCommit(asker: Machine): boolean {
    const leader = this.leader === undefined ? undefined : this.raft.get(this.leader);
    if (leader === undefined || this.leader === undefined || !this.isLive(this.leader)) return false;
    return this.world.linked(asker, leader) && this.peersOf(leader).length >= this.majority();
  }

  public update(id: string, version: number, change: NodeChange): void {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`node ${id} not found`);
    if (node.version !== version) throw new Error("update out of sequence");
    if (change.role === "worker" && node.role === "manager" && !this.raft.has(id)) {
      throw new Error("can't find manager in raft memberlist");
    }
    node.version++;
    node.availability = change.availability ?? node.availability;
    node.labels = { ...node.labels, ...change.labels };
    if (change.role === undefined || change.role === node.role) return;
    node.role = change.role;
    node.roleChangedAt = this.world.now();
  }

  /** Refuses only what is Ready, or a manager that is to stay one: a demoted one goes, and may leave a ghost. */
  public remove(id: string, force: boolean): void {
    const node = this.nodes.get(id);
    if (node === undefined) return;
    if (node.state === "ready" && !force) throw new Error(`node ${id} is not down and can't be removed`);
    if (node.role === "manager" && this.raft.has(id)) throw new Error(`node ${id} is a manager`);
    this.nodes.delete(id);
    this.removed.add(id);
  }

  /** Nodes on their way into Raft or out of it. */
  public changing(): readonly NodeObject[] {
    return [...this.nodes.values()].filter((node) => (node.role === "manager") !== this.raft.has(node.id));
  }

  /** Once a second: elections, heartbeats, roles. */
  public beat(): void {
    this.elect();
    const leader = this.leader === undefined ? undefined : this.raft.get(this.leader);
    if (leader === undefined || !this.canCommit(leader)) return;
    for (const node of this.nodes.values()) this.hear(node, leader);
    for (const node of this.nodes.values()) this.reconcile(node, leader);
  }

  private hear(node: NodeObject, leader: Machine): void {
    const now = this.world.now();
    const answers = this.isLive(node.id) && this.world.linked(node.machine, leader);
    const isKnown = node.id === this.leader || now - this.leaderSince >= REPORT_AFTER;
    if (answers && node.connected && isKnown) {
      node.state = "ready";
      node.seenAt = now;
    } else if (!answers && node.connected && now - Math.max(node.seenAt, this.leaderSince) >= DOWN_AFTER) {
      node.state = "down";
    }
  }

  private reconcile(node: NodeObject, leader: Machine): void {
    const waited = this.world.now() - node.roleChangedAt;
    const isMember = this.raft.has(node.id);
    if (node.role === "manager" && !isMember && waited >= PROMOTION) {
      if (!this.isLive(node.id) || !this.world.linked(node.machine, leader)) return;
      this.raft.set(node.id, node.machine);
      node.version++;
    } else if (node.role === "worker" && isMember && waited >= ROLE_INTERVAL) {
      const left = this.peersOf(leader).filter((id) => id !== node.id).length;
      if (left < this.majority(this.raft.size - 1)) return;
      this.raft.delete(node.id);
      node.version++;
    }
  }

  private elect(): void {
    const now = this.world.now();
    const leader = this.leader === undefined ? undefined : this.raft.get(this.leader);
    if (leader !== undefined && this.canCommit(leader)) {
      this.lostSince = undefined;
      return;
    }
    if (this.leader !== undefined) {
      this.stale = { id: this.leader, until: now + STALE_LEADER, nodes: this.view() };
      this.leader = undefined;
      this.lostSince = now;
    }
    if (now - (this.lostSince ?? now) < ELECTION) return;
    const fit = [...this.raft].find(([id, each]) => this.isLive(id) && this.peersOf(each).length >= this.majority());
    if (fit === undefined) return;
    this.leader = fit[0];
    this.leaderSince = now;
    // A new leader has heard of nobody yet (F2).
    for (const node of this.nodes.values()) if (node.connected && node.id !== fit[0]) node.state = "unknown";
  }

  private view(): readonly SwarmNode[] {
    return [...this.nodes.values()].map((node) => ({
      id: node.id,
      version: node.version,
      createdAt: WALL + node.createdAt,
      role: node.role,
      availability: node.availability,
      labels: node.labels,
      state: node.state,
      address: node.connected ? node.machine.address : "",
      hostname: node.connected ? `ip-${node.machine.address.replaceAll(".", "-")}` : "",
      engineVersion: "28.2.2",
      manager: this.raft.has(node.id)
        ? { leader: node.id === this.leader, reachability: this.isLive(node.id) ? "reachable" : "unreachable" }
        : undefined,
    }));
  }
}

/** Milliseconds since 1970 at the beginning of simulated time. */
export const WALL = 1_700_000_000_000;
