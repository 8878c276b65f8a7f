import type { SwarmNode } from "../../../lib/agent/ports";

/** Time until a node that is gone is seen to be Down. */
const DOWN_AFTER = 13_300;
const PROMOTION = 900;
/** A join by itself. */
const JOIN = 400;
/** What a join takes of the managers' time: a certificate and commits of Raft, one node after another. */
const ADMISSION = 20;
/** Interval at which the role manager applies demotions. */
const DEMOTION = 5_000;

/** A dockerd as the swarm sees it. */
interface Connection {
  readonly address: string;
  readonly nodeId: string | undefined;
  readonly isUp: boolean;
  readonly downSince: number;
}

interface Member {
  version: number;
  role: "manager" | "worker";
  availability: "active" | "pause" | "drain";
  labels: Record<string, string>;
  readonly id: string;
  readonly createdAt: number;
  readonly engine: Connection;
}

/** A swarm as its managers have it in Raft. Its methods are what a manager with quorum can do. */
export class SimulatedSwarm {
  private readonly members = new Map<string, Member>();
  private readonly removed = new Set<string>();
  private readonly raft = new Set<string>();
  private leaderId: string | undefined;
  private tokens = 0;
  private nextNode = 0;
  private busyUntil = 0;

  public constructor(
    public readonly id: string,
    private readonly sleep: (milliseconds: number) => Promise<void>,
    private readonly now: () => number,
  ) {}

  /** Version of the swarm object. */
  public version = 10;

  public get token(): string {
    return `SWMTKN-1-${this.id}-${this.tokens}`;
  }

  public get raftMembers(): readonly string[] {
    return [...this.raft];
  }

  public rotateToken(): void {
    this.tokens++;
    this.version++;
  }

  public hasQuorum(): boolean {
    const up = [...this.raft].filter((id) => this.members.get(id)?.engine.isUp === true);
    return up.length >= Math.floor(this.raft.size / 2) + 1;
  }

  public isMember(nodeId: string): boolean {
    return this.raft.has(nodeId);
  }

  public wasRemoved(nodeId: string): boolean {
    return this.removed.has(nodeId);
  }

  /** Queues a node that joins; returns the milliseconds until it is its turn. */
  public queue(): number {
    this.busyUntil = Math.max(this.busyUntil, this.now()) + ADMISSION;
    return Math.max(JOIN, this.busyUntil - this.now());
  }

  /** Takes a node in; returns its id. */
  public admit(engine: Connection, role: "manager" | "worker"): string {
    const id = `${this.id}-node${this.nextNode++}`;
    this.members.set(id, {
      id,
      version: 1,
      role,
      availability: "active",
      labels: {},
      createdAt: 1_700_000_000_000 + this.now(),
      engine,
    });
    if (role === "manager") this.raft.add(id);
    return id;
  }

  public node(id: string): SwarmNode {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`node ${id} not found`);
    return this.view(member);
  }

  public nodes(): readonly SwarmNode[] {
    return [...this.members.values()].map((member) => this.view(member));
  }

  public update(
    id: string,
    version: number,
    change: {
      readonly role?: "manager" | "worker";
      readonly availability?: "active" | "drain";
      readonly labels?: Readonly<Record<string, string>>;
    },
  ): void {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`node ${id} not found`);
    if (member.version !== version) throw new Error("update out of sequence");
    if (change.role === "worker" && member.role === "manager" && !this.raft.has(id)) {
      throw new Error("can't find manager in raft memberlist");
    }
    member.version++;
    if (change.availability !== undefined) member.availability = change.availability;
    Object.assign(member.labels, change.labels);
    if (change.role === undefined || change.role === member.role) return;
    member.role = change.role;
    void this.applyRole(member, change.role);
  }

  public remove(id: string): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    if (this.view(member).state === "ready") throw new Error(`node ${id} is not down and can't be removed`);
    if (member.role === "manager" && this.raft.has(id)) throw new Error(`node ${id} is a manager`);
    this.members.delete(id);
    this.removed.add(id);
  }

  private async applyRole(member: Member, role: "manager" | "worker"): Promise<void> {
    await this.sleep(role === "manager" ? PROMOTION : DEMOTION);
    if (member.role !== role) return;
    member.version++;
    if (role === "worker") this.raft.delete(member.id);
    else if (member.engine.isUp) this.raft.add(member.id);
  }

  private view({ id, version, createdAt, role, availability, labels, engine }: Member): SwarmNode {
    const isGone = !engine.isUp || engine.nodeId !== id;
    const isDown = isGone && this.now() - engine.downSince >= DOWN_AFTER;
    return {
      id,
      version,
      createdAt,
      role,
      availability,
      labels: { ...labels },
      state: isDown ? "down" : "ready",
      address: engine.address,
      hostname: `ip-${engine.address.replaceAll(".", "-")}`,
      engineVersion: "28.2.2",
      manager: this.raft.has(id)
        ? { leader: this.leader() === id, reachability: isGone ? "unreachable" : "reachable" }
        : undefined,
    };
  }

  /** The leader stays until it is gone. */
  private leader(): string | undefined {
    const isFit = (id: string) => this.members.get(id)?.engine.isUp === true && this.raft.has(id);
    if (this.leaderId === undefined || !isFit(this.leaderId)) this.leaderId = [...this.raft].find(isFit);
    return this.leaderId;
  }
}
