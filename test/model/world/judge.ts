import { type ClusterRecord, recordKey, type WorkerTokenRecord } from "../../../lib/registry/records";
import type { Machine } from "./machine";
import type { NodeObject, Swarm } from "./swarm";
import type { Item } from "./table";
import type { World } from "./world";

/** Time a decision may be old when it is acted on (P12). */
const LIFETIME = 10_000;
const STEAL_AFTER = 60_000;
/** An hour, less what clocks may differ. */
const NEVER_CONNECTED_AGE = 3_600_000 - 10_000;

/** A swarm before a change: what it had, by the truth. */
interface Margins {
  readonly margin: number;
  readonly changing: number;
}

/** Holds the invariants against the truth of the world, at each step and at each act they speak of. */
export class Judge {
  public readonly violations: string[] = [];
  /** Nodes whose role an operator changed: P14 leaves them alone. */
  public readonly byHand = new Set<string>();

  /** When the claim last moved. */
  private claimMovedAt = 0;

  public constructor(private readonly world: World) {}

  public before(swarm: Swarm): Margins {
    return { margin: swarm.reachable() - swarm.majority(), changing: swarm.changing().length };
  }

  /** V9: nobody founds without having held the claim when it was last read. */
  public founding(machine: Machine): void {
    const { lastRead } = machine;
    this.unless(
      lastRead?.phase === "initializing" && lastRead.owner === machine.self.instanceId && this.isFresh(machine),
      `V9 ${machine.name} founds a swarm without the claim`,
    );
    this.notDestroying(machine, ["initializing"], "founds");
  }

  public joining(machine: Machine): void {
    this.notDestroying(machine, ["forming", "ready"], "joins");
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
    this.unless(isGrounded, `V3 ${machine.name} leaves ${swarm?.id ?? "?"} without a ground`);
  }

  /** V5, V6 of a change of role, and P6: one change at a time, and quorum after it. */
  public roleChanged(machine: Machine, swarm: Swarm, id: string, { margin, changing }: Margins): void {
    this.notDestroying(machine, ["forming", "ready"], "changes a role");
    const node = swarm.nodes.get(id);
    if (node === undefined) return;
    this.unless(changing === 0, `P6 ${machine.name} changes the role of ${id} while another change is in flight`);
    if (node.role === "manager") {
      this.unless(!this.byHand.has(id), `P14 ${machine.name} promotes ${id}, which an operator demoted`);
      this.slotIsFree(swarm, node);
      return;
    }
    const left = swarm.raft.has(id) && swarm.isLive(id) ? swarm.reachable() - 1 : swarm.reachable();
    const after = left - swarm.majority(swarm.raft.size - 1);
    this.unless(after >= margin, `V5 demoting ${id} lowers the margin from ${margin} to ${after}`);
    this.unless(node.machine.isGone, `V6 ${id} is demoted, but ${node.machine.name} is ${node.machine.instance}`);
  }

  public removed(machine: Machine, swarm: Swarm, node: NodeObject): void {
    this.notDestroying(machine, ["forming", "ready"], "removes a node");
    const isForgotten = !node.connected && this.world.schedule.now - node.createdAt > NEVER_CONNECTED_AGE;
    const isMistaken = !node.machine.isGone && !isForgotten && node.machine.swarmState.nodeId === node.id;
    this.unless(!isMistaken, `V6 ${node.id} is removed, but ${node.machine.name} is ${node.machine.instance}`);
    this.unless(node.state !== "unknown" || isForgotten, `P8 ${node.id} is removed while its state is unknown`);
    this.unless(!swarm.raft.has(node.id), `V4 ${node.id} is removed while it is a member of Raft`);
  }

  /** V10: what a worker's role may read and write. */
  public reading(machine: Machine, key: string): void {
    const isAllowed = key === recordKey.cluster || key === recordKey.workerToken || key.startsWith("removing#");
    this.unless(machine.settings.role === "manager" || isAllowed, `V10 worker ${machine.name} reads ${key}`);
  }

  public writing(machine: Machine, keys: readonly string[]): void {
    const { settings, self } = machine;
    const own = recordKey.node(settings.roleUniqueId, self.instanceId);
    const isAllowed = settings.role === "manager" || keys.every((key) => key === own);
    this.unless(isAllowed, `V10 worker ${machine.name} writes ${keys.join(", ")}`);
  }

  /** V1 and V7, after each write. */
  public written(before: ReadonlyMap<string, Item>, keys: readonly string[]): void {
    if (!keys.includes(recordKey.cluster) && !keys.includes(recordKey.workerToken)) return;
    const { table } = this.world;
    const now = table.cluster;
    if (now === undefined) return;
    this.unless(table.everReady.size <= 1, `V1 two clusters were ready: ${[...table.everReady].join(", ")}`);
    const old = before.get(recordKey.cluster) as unknown as ClusterRecord | undefined;
    if (old?.phase !== undefined) this.monotone(old, now);
    const token = table.items.get(recordKey.workerToken) as unknown as WorkerTokenRecord | undefined;
    if (now.phase !== "forming" && now.phase !== "ready") return;
    const swarm = this.world.swarms.find((each) => each.id === now.clusterId);
    this.unless(
      token !== undefined && token.clusterId === now.clusterId && token.token.endsWith(` of ${swarm?.id ?? ""}`),
      `V7 the stored token is of ${token?.clusterId ?? "nothing"}, the cluster ${now.clusterId ?? "none"}`,
    );
  }

  /** V2, V4 and V8, after each step. */
  public look(): void {
    const { swarms, machines, table } = this.world;
    const alive = swarms.filter((swarm) => {
      return table.everPublished.has(swarm.id) && !table.everAbandoned.has(swarm.id) && swarm.hasQuorum();
    });
    this.unless(alive.length <= 1, `V2 two swarms have a majority: ${alive.map(({ id }) => id).join(", ")}`);
    for (const swarm of alive) this.slotsAreSingle(swarm);
    const ids = machines.flatMap(({ isUp, swarmState }) => (isUp ? (swarmState.nodeId ?? []) : []));
    this.unless(new Set(ids).size === ids.length, "V8 a node id runs twice");
  }

  private slotsAreSingle(swarm: Swarm): void {
    const slots = [...swarm.raft].flatMap(([id, { settings }]) => (this.byHand.has(id) ? [] : (settings.slot ?? [])));
    if (new Set(slots).size !== slots.length) this.violations.push(`V4 a slot has two members: ${slots.join(", ")}`);
  }

  private slotIsFree(swarm: Swarm, node: NodeObject): void {
    const { slot, role } = node.machine.settings;
    this.unless(role === "manager", `P6 ${node.id} of ${node.machine.name} is promoted, which is a worker's`);
    const other = [...swarm.raft].find(([id, machine]) => id !== node.id && machine.settings.slot === slot);
    const isTaken = other !== undefined && !this.byHand.has(other[0]);
    this.unless(!isTaken, `V4 ${node.id} is promoted while ${other?.[0] ?? ""} is a member for slot ${slot ?? "?"}`);
  }

  /** P3: a claim is taken over only after it has not moved for a minute. */
  private claimIsStale(old: ClusterRecord, now: ClusterRecord): void {
    const time = this.world.schedule.now;
    const isStolen = old.phase === "initializing" && now.phase === "initializing" && old.owner !== now.owner;
    const rested = time - this.claimMovedAt;
    this.unless(!isStolen || rested >= STEAL_AFTER, `P3 a claim that moved ${Math.round(rested)} ms ago is stolen`);
    if (old.owner !== now.owner || old.renewal !== now.renewal || old.epoch !== now.epoch) this.claimMovedAt = time;
  }

  private monotone(old: ClusterRecord, now: ClusterRecord): void {
    this.claimIsStale(old, now);
    const step = `${old.phase}→${now.phase}`;
    const isSame = old.phase === now.phase;
    const isReset = step === "initializing→unclaimed" || step === "forming→initializing";
    const forward = ["unclaimed→initializing", "initializing→forming", "forming→ready"].includes(step);
    this.unless(isSame || isReset || forward, `V1 the phase goes from ${old.phase} to ${now.phase}`);
    this.unless(now.epoch >= old.epoch, `V1 the epoch goes from ${old.epoch} to ${now.epoch}`);
    this.unless(now.generation >= old.generation, "V1 the generation goes back");
    const isOneCluster = old.clusterId !== undefined && old.clusterId === now.clusterId;
    const isOlder = isOneCluster && (now.tokenIndex ?? 0) < (old.tokenIndex ?? 0);
    this.unless(!isOlder, `V1 the token index goes from ${old.tokenIndex ?? 0} to ${now.tokenIndex ?? 0}`);
    const isReplaced = old.clusterId !== undefined && now.clusterId !== old.clusterId;
    if (isReplaced) this.resetIsGrounded(old);
  }

  /** P5: a forming cluster is given up only when a majority of its members is dead. */
  private resetIsGrounded({ clusterId, phase }: ClusterRecord): void {
    const swarm = this.world.swarms.find((each) => each.id === clusterId);
    this.unless(phase === "forming", `V1 a ${phase} cluster is given up`);
    this.unless(swarm?.hasQuorum() !== true, `P5 ${clusterId ?? ""} is given up while it has a majority`);
  }

  private notDestroying(machine: Machine, phases: readonly string[], what: string): void {
    const { lastRead } = machine;
    this.unless(
      this.isFresh(machine) && phases.includes(lastRead?.phase ?? ""),
      `V11 ${machine.name} ${what}; it last read ${lastRead?.phase ?? "nothing"}`,
    );
  }

  /** By when it was sent: between an agent's last look and the arrival there is always a gap. */
  private isFresh({ lastRead, sentAt }: Machine): boolean {
    return lastRead !== undefined && sentAt - lastRead.at <= LIFETIME;
  }

  private unless(holds: boolean, violation: string): void {
    if (!holds) this.violations.push(`${violation} (at ${this.world.schedule.now} ms)`);
  }
}
