import type { Change, InitOptions } from "../../../../lib/agent/ports";
import { recordKey, SCHEMA_VERSION } from "../../../../lib/registry/records";
import type { ClusterRead, Machine } from "../machine";
import type { NodeObject } from "../node-object";
import { slotRecord } from "../recorded";
import type { Swarm } from "../swarm";
import type { World } from "../world";
import type { Verdicts } from "./verdicts";

/** Time a decision may be old when it is acted on (P12), and what clocks may differ over it. */
const LIFETIME = 10_000 * 1.001;
/** Ten minutes by a leader's own clock, which cannot jump, before it believes the hour that the clock on the wall shows. */
const NEVER_CONNECTED_AGE = 600_000 * 0.99;
/** Time from a majority's word until what rests on it arrives, at most: the limit of a request, and the courier's. */
const WORD_HOLDS = 5_000;
const LED = ["forming", "ready"];

/** A swarm before a change: what it had. */
interface Margins {
  readonly margin: number;
  readonly changing: number;
}

/** Holds what an agent does, at the moment it does it, against the truth. */
export class ActJudge {
  public constructor(
    private readonly world: World,
    private readonly verdicts: Verdicts,
    private readonly byHand: ReadonlySet<string>,
  ) {}

  public before(swarm: Swarm): Margins {
    const { raft } = swarm;
    return { margin: raft.reachableByLeader() - raft.majority(), changing: this.changing(swarm) };
  }

  /** What an operator began a moment ago, no agent can know. */
  private changing(swarm: Swarm): number {
    const { now } = this.world.schedule;
    return swarm.changing().filter(({ id, roleChangedAt }) => !this.byHand.has(id) || now - roleChangedAt > LIFETIME)
      .length;
  }

  /** V9: nobody founds without having held the claim when it was last read. */
  public founding(machine: Machine): void {
    const isOwner = freshReads(machine).some(
      ({ phase, owner }) => phase === "initializing" && owner === machine.self.instanceId,
    );
    this.verdicts.unless(isOwner, `V9 ${machine.name} founds a swarm without the claim`);
    this.mayAct(machine, ["initializing"], "founds");
  }

  public joining(machine: Machine): void {
    this.mayAct(machine, LED, "joins");
  }

  /** V3: each leave has its ground by the truth. */
  public leaving(machine: Machine): void {
    const { swarm, nodeId } = machine.swarmState;
    const { table } = this.world;
    const isGrounded =
      nodeId === undefined ||
      swarm === undefined ||
      table.everRemoved.has(`${swarm.id} ${nodeId}`) ||
      table.everAbandoned.has(swarm.id) ||
      (machine.settings.role === "worker" && machine.terminating) ||
      (machine.markers.founder !== undefined && !table.everPublished.has(swarm.id) && table.everPublished.size > 0);
    this.verdicts.unless(isGrounded, `V3 ${machine.name} leaves ${swarm?.id ?? "?"} without a ground`);
  }

  /** V5, V6 of a change of role, and P6: one change at a time, and quorum after it. */
  public roleChanged(machine: Machine, swarm: Swarm, id: string, { margin, changing }: Margins): void {
    this.mayAct(machine, LED, "changes a role");
    const node = swarm.nodes.get(id);
    if (node === undefined) return;
    const { verdicts } = this;
    verdicts.unless(changing === 0, `P6 ${machine.name} changes the role of ${id} while another change is in flight`);
    if (node.role === "manager") {
      verdicts.unless(!this.byHand.has(id), `P14 ${machine.name} promotes ${id}, which an operator demoted`);
      this.slotIsFree(swarm, node);
      return;
    }
    const { raft } = swarm;
    // As the leader sees them: nobody tells it that two others cannot hear each other.
    const after = raft.reachableByLeader(id) - raft.majority(raft.members.size - 1);
    // A living one that is retired takes its own vote with it, even if its instance shuts down by now; a majority must be left.
    const votes = swarm.isLive(id) && this.world.table.everRetired.has(node.machine.self.instanceId);
    const least = isOver(node) && !votes ? margin : 0;
    verdicts.unless(after >= least, `V5 demoting ${id} lowers the margin from ${margin} to ${after}`);
    if (swarm.isLive(id)) this.isOnlyOneOut(node);
    verdicts.unless(this.mayGo(node), `V6 ${id} is demoted, but ${node.machine.name} is ${node.machine.instance}`);
  }

  public removed(machine: Machine, swarm: Swarm, node: NodeObject): void {
    this.mayAct(machine, LED, "removes a node");
    const isOld = this.world.schedule.now - node.createdAt > NEVER_CONNECTED_AGE;
    const isAbandoned = node.machine.swarmState.nodeId !== node.id;
    // A dockerd that no longer has the node's key never connects as it, whether it runs as another one or as none.
    const isForgotten = !node.connected && (isOld || isAbandoned || this.mayGo(node));
    const isMistaken = !this.mayGo(node) && !isForgotten && !isAbandoned;
    const { verdicts } = this;
    verdicts.unless(!isMistaken, `V6 ${node.id} is removed, but ${node.machine.name} is ${node.machine.instance}`);
    // Nobody need wait to see that go down which never runs again.
    const isOver = isForgotten || node.machine.instance === "terminated";
    verdicts.unless(node.state !== "unknown" || isOver, `P8 ${node.id} is removed while its state is unknown`);
    verdicts.unless(!swarm.raft.members.has(node.id), `V4 ${node.id} is removed while it is a member of Raft`);
  }

  /** V10: what a worker's role may read, write and ask. */
  public reading({ settings, name }: Machine, key: string): void {
    const isAllowed = key === recordKey.cluster || key === recordKey.workerToken || key.startsWith("removing#");
    this.verdicts.unless(settings.role === "manager" || isAllowed, () => `V10 worker ${name} reads ${key}`);
  }

  public writing(machine: Machine, { updates }: Change): void {
    const { settings, self, name } = machine;
    const keys = updates.map(({ key }) => key);
    const own = recordKey.node(settings.roleUniqueId, self.instanceId);
    const isOwn = keys.every((key) => key === own);
    this.verdicts.unless(settings.role === "manager" || isOwn, () => `V10 worker ${name} writes ${keys.join(", ")}`);
    const fresh = freshReads(machine);
    const isOlder = fresh.length > 0 && fresh.every(({ minWriter = 0 }) => minWriter > SCHEMA_VERSION);
    const isReport = keys.every((key) => key.startsWith("node#") || key.startsWith("slot#"));
    this.verdicts.unless(!isOlder || isReport, () => `P17 ${name} writes ${keys.join(", ")} of newer agents`);
  }

  /** What was written, and not refused. */
  public wrote(machine: Machine, { updates }: Change): void {
    for (const { key, set } of updates) if (set["state"] === "removed") this.buried(machine, key);
    for (const { key, set } of updates) if (set["retire"] !== undefined) this.retiring(machine, key);
  }

  /** P9: what a tombstone says is true; a node leaves by it. */
  private buried({ name }: Machine, key: string): void {
    const id = key.slice(recordKey.removing("").length);
    const isListed = this.world.swarms.some((swarm) => swarm.raft.hasQuorum() && swarm.nodes.has(id));
    this.verdicts.unless(!isListed, () => `V3 ${name} says that ${id} was removed, which is a node`);
  }

  /** P19: the leader has one living manager replaced, while all others are there. */
  private retiring(machine: Machine, key: string): void {
    this.mayAct(machine, ["ready"], "retires a slot");
    const { world, verdicts } = this;
    const { states } = world.judge;
    // One that is out itself costs no majority.
    if (!states.slotsIn().some((slot) => key === recordKey.slot(slot))) return;
    const out = states.slotsOut().filter((slot) => key !== recordKey.slot(slot));
    verdicts.unless(out.length === 0, () => `P19 ${machine.name} retires ${key} while slot ${out.join(", ")} is out`);
  }

  /** P19: an instance is replaced when it is dead, or was taken out of the swarm first. */
  public replacing(machine: Machine, target: Machine): void {
    this.asking(machine, "Auto Scaling");
    this.mayAct(machine, LED, "replaces an instance");
    const { swarm, nodeId } = target.swarmState;
    const { everPublished, everRetired } = this.world.table;
    // A swarm that was founded and never published is nobody's but the founder's.
    const isPublished = swarm !== undefined && everPublished.has(swarm.id);
    const isMember = isPublished && swarm.raft.members.has(nodeId ?? "") && swarm.raft.hasQuorum();
    const mayGo = target.isGone || (everRetired.has(target.self.instanceId) && !isMember);
    this.verdicts.unless(mayGo, () => `P19 ${machine.name} has ${target.name} replaced, which is a living manager`);
    const alone = machine.swarmState.swarm?.raft.leaderlessFor ?? 0;
    const rule = () =>
      `P19 ${machine.name} has ${target.name} replaced, ${alone / 1_000} s after its majority was lost`;
    this.verdicts.unless(alone <= WORD_HOLDS, rule);
  }

  /** P13: a swarm is started again by whom an operator named, while that is asked for. */
  public recovering(machine: Machine, { autolock }: InitOptions): void {
    const { recovery } = this.world.table.cluster ?? {};
    this.mayAct(machine, ["recovering"], "starts the swarm again");
    const isNamed = recovery === undefined || recovery.instanceId === machine.self.instanceId;
    this.verdicts.unless(isNamed, () => `P13 ${machine.name} starts the swarm again, which is another's to do`);
    const isLocked = autolock || machine.settings.unlockKeySecret === undefined;
    this.verdicts.unless(isLocked, () => `P13 ${machine.name} starts the swarm again without its lock`);
  }

  /** V12: what works, or did a moment ago, is not restarted. */
  public restarting({ name, engine, engineMendedAt }: Machine): void {
    if (this.world.table.cluster?.phase === "recovering") return;
    const wasStopped = engine === "stopped" || this.world.schedule.now - engineMendedAt <= LIFETIME;
    this.verdicts.unless(wasStopped, () => `V12 ${name} restarts its dockerd, which works`);
  }

  public asking({ settings, name }: Machine, service: string): void {
    this.verdicts.unless(settings.role === "manager", () => `V10 worker ${name} asks ${service}`);
  }

  /** Whether a node is over, or its instance is to be taken out while it lives. */
  private mayGo(node: NodeObject): boolean {
    return isOver(node) || this.world.table.everRetired.has(node.machine.self.instanceId);
  }

  /** P11, P19: of the living, a second one is not replaced while the first is out. */
  private isOnlyOneOut({ id, machine: { settings } }: NodeObject): void {
    if (slotRecord(this.world, settings.slot ?? -1)?.retire !== "replace") return;
    if (!this.world.judge.states.isSurelyIn(settings.slot)) return;
    const out = this.world.judge.states.slotsOut().filter((slot) => slot !== settings.slot);
    this.verdicts.unless(out.length === 0, () => `P19 ${id} is taken out while slot ${out.join(", ")} is out`);
  }

  private slotIsFree(swarm: Swarm, node: NodeObject): void {
    const { slot, role } = node.machine.settings;
    const { verdicts } = this;
    verdicts.unless(role === "manager", `P6 ${node.id} of ${node.machine.name} is promoted, which is a worker's`);
    const other = [...swarm.raft.members].find(([id, each]) => id !== node.id && each.settings.slot === slot);
    const isTaken = other !== undefined && !this.byHand.has(other[0]);
    const rule = () => `V4 ${node.id} is promoted while ${other?.[0] ?? ""} is a member for slot ${slot ?? "?"}`;
    verdicts.unless(!isTaken, rule);
  }

  /**
   * V11 and P17: what changes membership rests on a record read a moment ago, in a phase and form that allow it. The
   * agent's loop may have read a later one while the action was under way.
   */
  private mayAct(machine: Machine, phases: readonly string[], what: string): void {
    const fresh = freshReads(machine);
    const seen = () => fresh.map(({ phase }) => phase ?? "none").join(", ") || "nothing";
    const inPhase = fresh.filter(({ phase }) => phases.includes(phase ?? ""));
    this.verdicts.unless(inPhase.length > 0, () => `V11 ${machine.name} ${what}; it has read ${seen()} lately`);
    const isOurs = inPhase.length === 0 || inPhase.some(({ minWriter = 0 }) => minWriter <= SCHEMA_VERSION);
    this.verdicts.unless(isOurs, () => `P17 ${machine.name} ${what} in a cluster of newer agents`);
  }
}

/** Whether no dockerd can run as a node any more: its instance is dead, or has the state of another node on its disk. */
function isOver({ id, machine: { isGone, swarmState } }: NodeObject): boolean {
  return isGone || (swarmState.nodeId !== undefined && swarmState.nodeId !== id);
}

/** What a machine's agent read before it sent the request and may still go by: between the look and the arrival is a gap. */
function freshReads({ sent: { at, reads } }: Machine): readonly ClusterRead[] {
  return reads.filter((read) => at - read.at <= LIFETIME);
}
