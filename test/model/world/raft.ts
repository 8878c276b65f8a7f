import type { Machine } from "./machine";
import type { Swarm } from "./swarm";

/** Silence after which members stand for election, at the least and at the most. */
const ELECTION = [2_000, 15_000] as const;

/** What a swarm needs of the world. */
export interface Surroundings {
  now(): number;
  /** At least 0, below 1. */
  random(): number;
  linked(one: Machine, other: Machine): boolean;
}

/** What a turn brought. */
export type Turn = { readonly lost: string } | { readonly elected: string } | undefined;

/**
 * Raft as far as membership shows it: terms, one committed log of which each member has applied a prefix, and the
 * configurations in it. A member counts votes by the configuration it has applied, and gets none from whoever has
 * applied more.
 */
export class Raft {
  /** The members by the last committed configuration; one whose node object was removed too early is a ghost. */
  public readonly members = new Map<string, Machine>();
  public term = 0;
  public leader: string | undefined;
  public leaderSince = 0;
  private committed = 0;
  /** How far each member has come; that of a removed one stays until it has heard of its removal. */
  private readonly applied = new Map<string, number>();
  private readonly machines = new Map<string, Machine>();
  /** Until when members read the log they were sent: they answer, and confirm nothing. */
  private readonly replaying = new Map<string, number>();
  private readonly configurations: { readonly at: number; readonly ids: ReadonlySet<string> }[] = [];
  private silentSince: number | undefined;
  private patience = 0;

  public constructor(
    private readonly swarm: Swarm,
    private readonly world: Surroundings,
  ) {}

  /** The first member: it leads at once. */
  public found(id: string, machine: Machine): void {
    this.machines.set(id, machine);
    this.configure(id, machine);
    this.applied.set(id, this.committed);
    this.lead(id);
  }

  /** A new member knows nothing until the leader has sent it the log. */
  public add(id: string, machine: Machine): void {
    this.machines.set(id, machine);
    this.applied.set(id, 0);
    this.replaying.set(id, this.world.now() + machine.replayFor);
    machine.replayFor = 0;
    this.commit(() => this.configure(id, machine));
  }

  public remove(id: string): void {
    this.commit(() => this.configure(id, undefined));
  }

  /** Appends an entry: the fastest majority has it at once, the others by and by. */
  public commit(change: () => void = () => {}): void {
    const leader = this.leaderMachine;
    if (leader === undefined) return;
    const peers = this.peersOf(leader);
    const majority = this.majority();
    this.committed++;
    change();
    const start = Math.floor(this.world.random() * peers.length);
    this.applied.set(this.leader ?? "", this.committed);
    for (let place = 0, count = 1; place < peers.length && count < majority; place++) {
      const id = peers[(start + place) % peers.length] ?? "";
      if (id === this.leader) continue;
      this.applied.set(id, this.committed);
      count++;
    }
  }

  public get leaderMachine(): Machine | undefined {
    return this.leader === undefined ? undefined : this.members.get(this.leader);
  }

  public appliedBy(id: string): number {
    return this.applied.get(id) ?? 0;
  }

  public get length(): number {
    return this.committed;
  }

  /** Whether a node knows that it is a member, or does not know yet that it is none any more. */
  public knowsItself(id: string): boolean {
    const applied = this.applied.get(id);
    return applied !== undefined && this.configurationAt(applied).has(id);
  }

  public isLive(id: string): boolean {
    const machine = this.machines.get(id);
    return machine?.runsAs(this.swarm, id) === true;
  }

  /** Members that are live and linked to a given machine. */
  public liveFrom(machine: Machine): readonly string[] {
    const peers: string[] = [];
    for (const [id, each] of this.members) {
      if (this.world.linked(machine, each) && each.runsAs(this.swarm, id)) peers.push(id);
    }
    return peers;
  }

  /** Those of them that confirm what a leader writes: not while they still read the log. */
  public peersOf(machine: Machine): readonly string[] {
    return this.liveFrom(machine).filter((id) => !this.isReplaying(id));
  }

  public majority(members = this.members.size): number {
    return Math.floor(members / 2) + 1;
  }

  /** Members, but for one that is to go, that answer in the side of the swarm that has most of them. */
  public reachable(without?: string): number {
    let most = 0;
    for (const [id, machine] of this.members) {
      if (id === without) continue;
      const peers = this.peersOf(machine).filter((peer) => peer !== without);
      most = Math.max(most, peers.length);
    }
    return most;
  }

  /** Those that answer the leader, which itself may be the one that is to go. */
  public reachableByLeader(without?: string): number {
    const leader = this.leaderMachine;
    return leader === undefined ? 0 : this.peersOf(leader).filter((peer) => peer !== without).length;
  }

  public hasQuorum(): boolean {
    return this.members.size > 0 && this.reachable() >= this.majority();
  }

  /** Whether a majority of what would be left answers the leader without one of the members; Docker asks no more. */
  public canLose(id: string): boolean {
    const leader = this.leaderMachine;
    if (leader === undefined || this.members.size < 2) return false;
    return this.liveFrom(leader).filter((peer) => peer !== id).length >= this.majority(this.members.size - 1);
  }

  /** Whether a machine reaches a leader that has a majority. */
  public canCommit(asker: Machine): boolean {
    const leader = this.leaderMachine;
    if (leader === undefined || !this.isLive(this.leader ?? "") || !this.world.linked(asker, leader)) return false;
    return this.peersOf(leader).length >= this.majority();
  }

  /** For how long the swarm has had no leader, in milliseconds; 0 while it has one. */
  public get leaderlessFor(): number {
    const now = this.world.now();
    return now - (this.silentSince ?? now);
  }

  /** Once a second: followers hear of what was committed, and a lost leader is replaced. */
  public turn(): Turn {
    const leader = this.leaderMachine;
    if (leader !== undefined && this.canLead(leader)) {
      this.silentSince = undefined;
      this.replicate(leader);
      return undefined;
    }
    const lost = this.leader;
    if (lost !== undefined) {
      this.leader = undefined;
      this.silentSince = this.world.now();
      this.patience = ELECTION[0] + this.world.random() * (ELECTION[1] - ELECTION[0]);
      return { lost };
    }
    if (this.leaderlessFor < this.patience) return undefined;
    const elected = this.winner();
    if (elected === undefined) return undefined;
    this.lead(elected);
    return { elected };
  }

  /** A leader stays one while a majority answers it, though it may confirm nothing. */
  private canLead(leader: Machine): boolean {
    return this.isLive(this.leader ?? "") && this.liveFrom(leader).length >= this.majority();
  }

  private isReplaying(id: string): boolean {
    return this.world.now() < (this.replaying.get(id) ?? 0);
  }

  private lead(id: string): void {
    this.term++;
    this.leader = id;
    this.leaderSince = this.world.now();
    this.silentSince = undefined;
  }

  private replicate(leader: Machine): void {
    for (const [id, applied] of this.applied) {
      const machine = this.machines.get(id);
      if (applied === this.committed || machine === undefined || this.world.random() < 0.25) continue;
      if (this.isReplaying(id)) continue;
      if (this.world.linked(machine, leader) && machine.runsAs(this.swarm, id)) this.applied.set(id, this.committed);
    }
  }

  /** A node that gets a majority of the votes there are by its own configuration. */
  private winner(): string | undefined {
    const standing = [...this.applied.keys()].filter((id) => this.isLive(id) && this.knowsItself(id));
    const start = Math.floor(this.world.random() * standing.length);
    return [...standing.slice(start), ...standing.slice(0, start)].find((id) => this.wins(id));
  }

  private wins(candidate: string): boolean {
    const machine = this.machines.get(candidate);
    if (machine === undefined) return false;
    const known = this.appliedBy(candidate);
    const voters = [...this.configurationAt(known)];
    const votes = voters.filter((id) => {
      const other = this.machines.get(id);
      return other !== undefined && this.isLive(id) && this.world.linked(machine, other) && this.appliedBy(id) <= known;
    });
    return votes.length >= this.majority(voters.length);
  }

  private configure(id: string, machine: Machine | undefined): void {
    if (machine === undefined) this.members.delete(id);
    else this.members.set(id, machine);
    this.configurations.push({ at: this.committed, ids: new Set(this.members.keys()) });
  }

  private configurationAt(applied: number): ReadonlySet<string> {
    return this.configurations.findLast(({ at }) => at <= applied)?.ids ?? new Set();
  }
}
