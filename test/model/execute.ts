import { type ClusterRecord, recordKey } from "../../lib/registry/records";
import type { Command, CommandName, Plan } from "./plan";
import type { Machine } from "./world/machine";
import type { Swarm } from "./world/swarm";
import type { Item, Table } from "./world/table";
import { type Mutation, World } from "./world/world";

/** What a run came to. */
export interface Verdict {
  readonly violations: readonly string[];
  /** Requests of agents that arrived, and commands: after each the invariants are looked at. */
  readonly steps: number;
  /** Those of them that change something. */
  readonly effects: number;
  readonly commands: Readonly<Partial<Record<CommandName, number>>>;
  /** Whether the swarm became whole in the end, or why it cannot. */
  readonly end: string;
  readonly world: World;
}

const MINUTE = 60_000;
/** Time for a swarm to become whole once faults end. */
const PATIENCE = 30 * MINUTE;

/** Runs a plan: the commands one after another, then the end of all faults, and what must come of it (L1). */
export async function execute(plan: Plan, mutation?: Mutation, tracing = false): Promise<Verdict> {
  const run = new Run(plan, mutation);
  run.world.tracing = tracing;
  return run.all();
}

class Run {
  public readonly world: World;
  private readonly counts: Partial<Record<CommandName, number>> = {};
  private done = 0;
  private saved: ReadonlyMap<string, Item> | undefined;
  private partialSince = 0;
  /**
   * Whether the cluster record was deleted by hand and seeded anew. What keeps a second swarm from being founded then is
   * the slots' records of nodes; a takeover wipes them, so no more instances are lost from here on.
   */
  private reseeded = false;

  public constructor(
    private readonly plan: Plan,
    mutation?: Mutation,
  ) {
    this.world = new World(plan.seed, plan.slots, mutation);
    for (let slot = 0; slot < plan.slots; slot++) this.world.launchManager(slot);
    for (let worker = 0; worker < plan.workers; worker++) this.world.launchWorker();
  }

  public async all(): Promise<Verdict> {
    const { world, plan } = this;
    if (plan.formed) {
      await world.advance(5 * MINUTE, () => isWhole(world));
      await world.advance(20_000);
    }
    for (const command of plan.commands) {
      if (world.judge.violations.length > 0) break;
      // P7 takes an instance for dead that EC2 did not list three times, a minute apart: no answer is partial so long.
      if (world.cloudMode === "partial" && world.schedule.now - this.partialSince > MINUTE) world.cloudMode = "well";
      if (await this.do(command)) this.counts[command.name] = (this.counts[command.name] ?? 0) + 1;
      this.done++;
      world.judge.look();
    }
    const end = world.judge.violations.length > 0 ? "violated" : await this.end();
    return {
      violations: world.judge.violations,
      steps: world.requests + this.done,
      effects: world.effects,
      commands: this.counts,
      end,
      world,
    };
  }

  /** Ends all faults, gives what is missing, and waits. */
  private async end(): Promise<string> {
    const { world } = this;
    world.registryDown = false;
    world.cloudMode = "well";
    world.cloudDelay = 1_000;
    for (const machine of world.machines) {
      machine.isolated = false;
      machine.joinFails = false;
      world.resume(machine);
      if (machine.terminating) world.terminate(machine);
    }
    await world.advance(MINUTE);
    for (let slot = 0; slot < this.plan.slots; slot++) world.fillSlot(slot);
    const settled = () => isWhole(world) || reasonFor(world, this.plan) !== undefined;
    await world.advance(PATIENCE, settled);
    // A reason must last: what is on its way is none.
    if (!isWhole(world)) await world.advance(PATIENCE / 3, () => isWhole(world));
    if (world.judge.violations.length > 0) return "violated";
    if (isWhole(world)) return "whole";
    const reason = reasonFor(world, this.plan);
    if (reason === undefined) world.judge.violations.push(`L1 not whole ${PATIENCE / MINUTE} minutes after the faults`);
    return reason ?? "violated";
  }

  /** Does one command; false when there is nothing it could be done to. */
  private async do({ name, target, amount }: Command): Promise<boolean> {
    const { world } = this;
    const machine = this.pick(target, () => true);
    switch (name) {
      case "step":
        for (let event = 0; event <= amount * 10; event++) await world.advance(0.5);
        return true;
      case "moment":
        return this.pass(amount * 5_000);
      case "minute":
        return this.pass(amount * 2 * MINUTE);
      case "hour":
        return this.pass(MINUTE * (60 + amount * 20));
      case "launch worker":
        if (world.machines.length > 12) return false;
        world.launchWorker();
        return true;
      case "replace slot": {
        const dead = world.machines.find(({ isGone, settings }) => isGone && this.isEmpty(settings.slot));
        if (dead?.settings.slot === undefined) return false;
        world.fillSlot(dead.settings.slot);
        return true;
      }
      case "everything off":
        for (const each of world.machines) if (!each.isGone) world.reboot(each, 5_000 + amount * 90_000, false);
        return true;
      default:
        return (
          this.toCloud(name, amount) ??
          this.toRegistry(name) ??
          this.toSwarm(name, target) ??
          this.toMachine(name, machine, amount)
        );
    }
  }

  private async pass(milliseconds: number): Promise<boolean> {
    await this.world.advance(milliseconds);
    return true;
  }

  private toMachine(name: CommandName, machine: Machine | undefined, amount: number): boolean {
    const { world } = this;
    if (machine === undefined) return false;
    switch (name) {
      case "crash agent":
        world.crashAgent(machine);
        return true;
      case "crash dockerd":
        world.crashDocker(machine, 1_000 + amount * 30_000);
        return true;
      case "reboot host":
        world.reboot(machine, 5_000 + amount * 60_000, false);
        return true;
      case "stop and start host":
        world.reboot(machine, MINUTE + amount * 10 * MINUTE, true);
        return true;
      case "pause host":
        world.pause(machine);
        return true;
      case "resume host":
        for (const each of world.machines) world.resume(each);
        return true;
      case "terminate instance":
        if (this.reseeded) return false;
        if (amount < 0.5) world.terminate(machine);
        else world.replace(machine);
        return true;
      case "drain worker":
        if (machine.settings.role === "manager" || machine.terminating) return false;
        machine.terminating = true;
        machine.hooks.add("terminate");
        world.schedule.in(5 * MINUTE, () => world.terminate(machine));
        return true;
      case "cut off":
        machine.isolated = true;
        return true;
      case "heal network":
        for (const each of world.machines) each.isolated = false;
        return true;
      case "fail join":
        machine.joinFails = true;
        return true;
      case "slow request":
        machine.slowNext = 3_000 + amount * 12_000;
        return true;
      default:
        return false;
    }
  }

  private toCloud(name: CommandName, amount: number): boolean | undefined {
    const { world } = this;
    const modes = { "EC2 error": "error", "EC2 empty": "empty", "EC2 partial": "partial", "EC2 well": "well" } as const;
    if (name === "EC2 late") world.cloudDelay = amount * MINUTE;
    else if (name in modes) world.cloudMode = modes[name as keyof typeof modes];
    else return undefined;
    if (name === "EC2 partial") this.partialSince = world.schedule.now;
    return true;
  }

  private toRegistry(name: CommandName): boolean | undefined {
    const { world } = this;
    const { table } = world;
    switch (name) {
      case "registry down":
        world.registryDown = true;
        return true;
      case "registry up":
        world.registryDown = false;
        return true;
      case "registry saved":
        if (table.cluster?.phase !== "ready") return false;
        this.saved = new Map(table.items);
        return true;
      case "registry restored":
        if (this.saved === undefined) return false;
        table.items = new Map(this.saved);
        return true;
      case "registry emptied":
        table.items = new Map();
        return true;
      case "record seeded anew":
        if (table.cluster?.phase !== "ready" || !this.hasNamedSlot()) return false;
        this.reseeded = true;
        table.items.delete(recordKey.cluster);
        table.seed();
        return true;
      case "destroy":
        if (table.cluster === undefined) return false;
        table.items.set(recordKey.cluster, { ...table.cluster, phase: "destroying", writeId: "by hand" });
        return true;
      default:
        return undefined;
    }
  }

  private toSwarm(name: CommandName, target: number): boolean | undefined {
    if (name !== "rotate token" && name !== "promote by hand" && name !== "demote by hand") return undefined;
    const { world } = this;
    const swarm = world.swarms.find(({ id }) => id === world.table.cluster?.clusterId);
    if (swarm?.hasQuorum() !== true) return false;
    if (name === "rotate token") {
      swarm.rotateToken();
      return true;
    }
    const isPromotion = name === "promote by hand";
    const nodes = [...swarm.nodes.values()].filter(({ id, role, state }) => {
      return state === "ready" && swarm.raft.has(id) !== isPromotion && (role === "worker") === isPromotion;
    });
    const node = nodes[target % Math.max(1, nodes.length)];
    // Whoever demotes the last but one on purpose is on his own.
    if (node === undefined || (!isPromotion && swarm.raft.size < 3)) return false;
    swarm.update(node.id, node.version, { role: isPromotion ? "manager" : "worker" });
    world.judge.byHand.add(node.id);
    return true;
  }

  /** Whether a slot's record names the node of an instance that is there. */
  private hasNamedSlot(): boolean {
    const { table, machines } = this.world;
    return machines.some(({ isGone, settings, swarmState }) => {
      const nodeId = table.items.get(recordKey.slot(settings.slot ?? -1))?.["nodeId"];
      return !isGone && nodeId !== undefined && nodeId === swarmState.nodeId;
    });
  }

  private isEmpty(slot: number | undefined): boolean {
    return slot !== undefined && !this.world.machines.some(({ settings, isGone }) => settings.slot === slot && !isGone);
  }

  private pick(target: number, fits: (machine: Machine) => boolean): Machine | undefined {
    const machines = this.world.machines.filter((machine) => !machine.isGone && fits(machine));
    return machines[target % Math.max(1, machines.length)];
  }
}

/** Whether every live machine is Ready in the one swarm, and Raft's members are those of the slots. */
export function isWhole({ table, swarms, machines, slots }: World): boolean {
  const { cluster } = table;
  const swarm = swarms.find(({ id }) => id === cluster?.clusterId);
  if (cluster?.phase !== "ready" || swarm === undefined || swarm.raft.size !== slots) return false;
  if ([...swarm.raft.keys()].some((id) => !swarm.isLive(id))) return false;
  return machines.every((machine) => {
    const { isGone, swarmState, settings } = machine;
    if (isGone) return true;
    const nodeId = swarmState.nodeId ?? "";
    const isMember = swarm.raft.has(nodeId) === (settings.role === "manager");
    return machine.runsAs(swarm.id, nodeId) && swarm.nodes.get(nodeId)?.state === "ready" && isMember;
  });
}

/** Why a swarm cannot be whole without a person. */
function reasonFor({ table, swarms, judge }: World, { slots }: Plan): string | undefined {
  const cluster: ClusterRecord | undefined = table.cluster;
  if (cluster === undefined) return "the registry is empty";
  if (cluster.phase === "destroying") return "the cluster is destroyed";
  const swarm = swarms.find(({ id }) => id === cluster.clusterId);
  if (cluster.phase === "unclaimed" && table.everReady.size > 0) return "the record was seeded anew";
  if (cluster.phase === "ready" && swarm?.hasQuorum() === false) return `quorum was lost (${slots} slots)`;
  if (isHalfDead(table, swarm)) return HALF_DEAD;
  return judge.byHand.size > 0 ? "an operator changed roles" : undefined;
}

export const HALF_DEAD = "half of a forming cluster's members died";

/** A forming cluster that has no majority any more, and no majority of dead either: P5 leaves it as it is. */
export function isHalfDead({ cluster }: Table, swarm: Swarm | undefined): boolean {
  if (cluster?.phase !== "forming" || swarm === undefined || swarm.hasQuorum()) return false;
  return [...swarm.raft.values()].filter(({ isGone }) => isGone).length * 2 === swarm.raft.size;
}
