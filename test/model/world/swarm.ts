import type { Docker, SwarmNode } from "../../../lib/agent/ports";
import type { Machine } from "./machine";
import { type NodeChange, type NodeObject, newNode, seenOf } from "./node-object";
import { Raft, type Surroundings } from "./raft";

/** Three heartbeats less jitter: time until a node that is gone is seen to be Down. */
const DOWN_AFTER = 13_300;
/** Time for a node to report to a new leader. */
const REPORT_AFTER = 3_000;
/** For how long a leader that lost its majority still believes in itself, and answers. */
const STALE_LEADER = 10_000;
const ROLE_INTERVAL = 5_000;
const PROMOTION = 900;

/** What a leader that was lost goes on telling whoever reaches it. */
interface Stale {
  readonly machine: Machine;
  readonly nodeId: string;
  readonly until: number;
  readonly nodes: readonly SwarmNode[];
}

/** A swarm: its nodes and tokens, kept by Raft, and the role manager that carries wishes over into it (F1 to F5). */
export class Swarm {
  public readonly nodes = new Map<string, NodeObject>();
  public readonly removed = new Set<string>();
  /** Of the removed, those whose dockerds do not hear of it: by force, while they were up. */
  public readonly unheard = new Set<string>();
  public readonly raft: Raft;
  public version = 10;
  /** Whether managers need the key after each start of their dockerd. */
  public locked = false;
  private authority = 0;
  private nextAuthority = 0;
  private tokens = 0;
  private keys = 0;
  private stale: Stale | undefined;
  private serial = 0;

  public constructor(
    public readonly id: string,
    private readonly world: Surroundings,
    /** How often it was started again from one manager. */
    public readonly generation = 0,
  ) {
    this.raft = new Raft(this, world);
  }

  /** The worker's token: the digest of the authority, and a secret. */
  public get token(): string {
    return `SWMTKN ${this.digest} worker${this.tokens} of ${this.id}`;
  }

  /** Never asked for by an agent. */
  public get managerToken(): string {
    return `SWMTKN ${this.digest} manager${this.tokens} of ${this.id}`;
  }

  public get digest(): string {
    return `ca${this.authority}-${this.id}`;
  }

  public get unlockKey(): string {
    return `SWMKEY ${this.keys} of ${this.id}`;
  }

  public rotateUnlockKey(): void {
    this.keys++;
    this.version++;
    this.raft.commit();
  }

  public rotateToken(): void {
    this.tokens++;
    this.version++;
    this.raft.commit();
  }

  /** A new authority takes over once every node has a certificate of it: not while one is Down. */
  public rotateAuthority(): void {
    this.nextAuthority = this.authority + 1;
    this.version++;
    this.raft.commit();
  }

  public lock(locked: boolean): void {
    this.locked = locked;
    this.version++;
    this.raft.commit();
  }

  /** Makes the node of a machine that joins; a manager's is a member of Raft before its dockerd is told so (F1). */
  public admit(machine: Machine, role: "manager" | "worker"): NodeObject {
    const id = `${this.id}-n${this.serial++}`;
    const now = this.world.now();
    const leader = this.raft.leaderMachine ?? machine;
    const node = newNode({ id, machine, role, createdAt: now, stampedAt: now + leader.wallSkew });
    this.nodes.set(id, node);
    if (role === "worker") this.raft.commit();
    else if (this.raft.members.size === 0) this.raft.found(id, machine);
    else this.raft.add(id, machine);
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
    this.raft.commit();
  }

  /** Whether a node's dockerd is told that it was removed. */
  public tellsRemoved(id: string): boolean {
    return this.removed.has(id) && !this.unheard.has(id);
  }

  public isLive(id: string): boolean {
    const machine = this.raft.members.get(id) ?? this.nodes.get(id)?.machine;
    return machine?.runsAs(this, id) === true;
  }

  /** A swarm of its own with all that is known of this one, and one manager; whether it is locked, is said anew. */
  public startAgain(survivor: string, locked: boolean): Swarm {
    const next = new Swarm(this.id, this.world, this.generation + 1);
    for (const [id, node] of this.nodes) next.nodes.set(id, { ...node, state: id === survivor ? "ready" : "unknown" });
    for (const id of this.removed) next.removed.add(id);
    for (const id of this.unheard) next.unheard.add(id);
    next.version = this.version + 1;
    next.locked = locked;
    next.authority = this.authority;
    next.tokens = this.tokens;
    next.keys = this.keys;
    next.serial = this.serial;
    const machine = this.nodes.get(survivor)?.machine;
    if (machine !== undefined) next.raft.found(survivor, machine);
    return next;
  }

  /** Whether somebody answers what a machine asks its swarm: the leader, or one that does not know it is none. */
  public answers(asker: Machine): boolean {
    return this.hears(asker) !== undefined;
  }

  /** The nodes as whoever answers knows them; rejects when nobody does. */
  public list(asker: Machine): readonly SwarmNode[] {
    const source = this.hears(asker);
    if (source === undefined) throw new Error("The swarm does not have a leader.");
    return source === "leader" ? this.view() : source.nodes;
  }

  public inspect(asker: Machine, id: string): SwarmNode {
    const source = this.hears(asker);
    if (source === undefined) throw new Error("The swarm does not have a leader.");
    const node = this.nodes.get(id);
    const found =
      source !== "leader"
        ? source.nodes.find((each) => each.id === id)
        : node === undefined
          ? undefined
          : this.viewOf(node, this.raft.leader);
    if (found === undefined) throw new Error(`node ${id} not found`);
    return found;
  }

  public update(id: string, version: number, change: NodeChange): void {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`node ${id} not found`);
    if (node.version !== version) throw new Error("update out of sequence");
    // F3
    if (change.role === "worker" && node.role === "manager" && !this.raft.members.has(id)) {
      throw new Error("can't find manager in raft memberlist");
    }
    if (change.role === "worker" && node.role === "manager" && !this.raft.canLose(id)) {
      throw new Error("can't demote node because this would result in a loss of quorum");
    }
    const now = this.world.now();
    node.version++;
    if (change.availability !== undefined && change.availability !== node.availability) {
      node.availabilityChangedAt = now;
    }
    node.availability = change.availability ?? node.availability;
    node.labels = { ...node.labels, ...change.labels };
    this.raft.commit();
    if (change.role === undefined || change.role === node.role) return;
    node.role = change.role;
    node.roleChangedAt = now;
  }

  /**
   * Refuses what is Ready, and a manager that is to stay one: a node that has not reported to a new leader goes, and so
   * does a demoted one that is still a member, which leaves a ghost (F2). By force a Ready one goes, too.
   */
  public remove(id: string, { version, force = false }: Parameters<Docker["removeNode"]>[1] = {}): void {
    const node = this.nodes.get(id);
    if (node === undefined) return;
    if (version !== undefined && node.version !== version) throw new Error(`node ${id} was changed meanwhile`);
    if (node.role === "manager" && this.raft.members.has(id)) throw new Error(`node ${id} is a manager`);
    if (node.state === "ready" && !force) throw new Error(`node ${id} is not down and can't be removed`);
    this.nodes.delete(id);
    this.removed.add(id);
    this.raft.commit();
  }

  /** Nodes on their way into Raft or out of it; those that a recovery left behind are on none. */
  public changing(): readonly NodeObject[] {
    return [...this.nodes.values()].filter(({ id, role, state }) => {
      const isMember = this.raft.members.has(id);
      const isLeftBehind = this.generation > 0 && state === "down" && !isMember;
      return (role === "manager") !== isMember && !isLeftBehind;
    });
  }

  /** Once a second: elections, heartbeats, roles. */
  public beat(): void {
    const leaderBefore = this.raft.leader;
    const turn = this.raft.turn();
    if (turn !== undefined && "lost" in turn) this.lose(turn.lost);
    // A new leader has heard of nobody yet (F2).
    if (turn !== undefined && "elected" in turn) {
      for (const node of this.nodes.values()) {
        if (node.connected && node.id !== turn.elected) this.show(node, "unknown");
      }
      return;
    }
    const leader = this.raft.leaderMachine;
    if (leader === undefined || leaderBefore !== this.raft.leader || !this.raft.canCommit(leader)) return;
    const key = this.locked ? this.unlockKey : undefined;
    for (const id of this.raft.peersOf(leader)) {
      const machine = this.raft.members.get(id);
      if (machine !== undefined) machine.lockedBy = key;
    }
    for (const node of this.nodes.values()) this.hear(node, leader);
    for (const node of this.nodes.values()) this.reconcile(node, leader);
    if (this.nextAuthority > this.authority && [...this.nodes.values()].every(({ state }) => state === "ready")) {
      this.authority = this.nextAuthority;
      this.rotateToken();
    }
  }

  private hears(asker: Machine): "leader" | Stale | undefined {
    const { raft, world } = this;
    const leader = raft.leaderMachine;
    // One that has just lost its majority has not noticed, and nobody else leads yet.
    if (leader?.runsAs(this, raft.leader ?? "") === true && world.linked(asker, leader)) return "leader";
    const { stale } = this;
    if (stale === undefined || world.now() >= stale.until) return undefined;
    return stale.machine.runsAs(this, stale.nodeId) && world.linked(asker, stale.machine) ? stale : undefined;
  }

  private lose(nodeId: string): void {
    const machine = this.raft.members.get(nodeId);
    if (machine === undefined) return;
    this.stale = { machine, nodeId, until: this.world.now() + STALE_LEADER, nodes: this.view(nodeId) };
  }

  private hear(node: NodeObject, leader: Machine): void {
    const now = this.world.now();
    const answers = this.isLive(node.id) && this.world.linked(node.machine, leader);
    const isKnown = node.id === this.raft.leader || now - this.raft.leaderSince >= REPORT_AFTER;
    if (answers && isKnown) {
      node.connected = true;
      this.show(node, "ready");
      node.seenAt = now;
    } else if (!answers && node.connected && now - Math.max(node.seenAt, this.raft.leaderSince) >= DOWN_AFTER) {
      this.show(node, "down");
    }
  }

  private show(node: NodeObject, state: NodeObject["state"]): void {
    if (node.state === state) return;
    node.state = state;
    node.version++;
  }

  private reconcile(node: NodeObject, leader: Machine): void {
    const waited = this.world.now() - node.roleChangedAt;
    const isMember = this.raft.members.has(node.id);
    if (node.role === "manager" && !isMember && waited >= PROMOTION) {
      if (!this.isLive(node.id) || !this.world.linked(node.machine, leader)) return;
      this.raft.add(node.id, node.machine);
      node.version++;
    } else if (node.role === "worker" && isMember && waited >= ROLE_INTERVAL) {
      if (!this.raft.canLose(node.id)) return;
      this.raft.remove(node.id);
      node.version++;
    }
  }

  private view(leader = this.raft.leader): readonly SwarmNode[] {
    return [...this.nodes.values()].map((node) => this.viewOf(node, leader));
  }

  private viewOf(node: NodeObject, leader: string | undefined): SwarmNode {
    const isMember = this.raft.members.has(node.id);
    const reachability = this.isLive(node.id) ? "reachable" : "unreachable";
    return seenOf(node, isMember ? { leader: node.id === leader, reachability } : undefined);
  }
}
