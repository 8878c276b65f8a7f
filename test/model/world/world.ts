import { Agent, type Ports } from "../../../lib/agent/agent";
import { DecisionLog, Log } from "../../../lib/agent/log";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import { Chance, Schedule } from "../../support/simulation/schedule";
import { managerSettings, workerSettings } from "../../support/simulation/settings";
import * as dockerd from "./dockerd";
import { Judge } from "./judge";
import { type Incarnation, Machine } from "./machine";
import { portsOf } from "./ports";
import { Swarm } from "./swarm";
import { Table } from "./table";

/** A request's way: on the machine itself it waits while that is paused; elsewhere it arrives anyway. */
export interface Path {
  readonly local: boolean;
  readonly latency: readonly [number, number];
}

/** What strikes a machine at one of its effects. */
export interface Strike {
  readonly machine: string;
  readonly effect: number;
  readonly moment: "before" | "after";
  readonly fault: (world: World, machine: Machine) => void;
}

/** Changes what agents see, decide or do: how a broken protocol is tried out. */
export interface Mutation {
  readonly ports?: (ports: Ports, machine: Machine, world: World) => Ports;
  readonly agent?: (agent: Agent, machine: Machine, world: World) => void;
  /** Whether a refused write is taken for one that was not made. */
  readonly believesRefusals?: boolean;
}

/** Everything a swarm is made of, with real agents, one effect at a time. */
export class World {
  public readonly schedule = new Schedule();
  public readonly chance: Chance;
  public readonly judge: Judge;
  public readonly table: Table;
  public readonly swarms: Swarm[] = [];
  public readonly machines: Machine[] = [];
  /** Machines whose dockerd started and has not found a leader yet. */
  public readonly unsure = new Set<Machine>();
  public registryDown = false;
  public cloudMode: "well" | "error" | "empty" | "partial" = "well";
  /** How far EC2's answers are behind the truth, in milliseconds. */
  public cloudDelay = 1_000;
  /** Effects that arrived, and requests in all. */
  public effects = 0;
  public requests = 0;
  public strike: Strike | undefined;
  /** What the agents said, when asked for. */
  public readonly lines: string[] = [];
  public tracing = false;
  private readonly effectsOf = new Map<Machine, number>();
  private readonly epochs = new Map<Machine, number>();
  private serial = 0;

  public constructor(
    seed: number,
    public readonly slots: number,
    public readonly mutation: Mutation = {},
  ) {
    this.chance = new Chance(seed);
    this.judge = new Judge(this);
    this.table = new Table((before, keys) => this.judge.written(before, keys));
    const beat = () => {
      for (const swarm of this.swarms) swarm.beat();
      this.judge.look();
      this.schedule.in(1_000, beat);
    };
    this.schedule.in(1_000, beat);
  }

  public launchManager(slot: number): Machine {
    return this.launch(`manager-${slot}`, managerSettings(slot, this.slots));
  }

  public launchWorker(): Machine {
    return this.launch("worker", workerSettings("general", this.slots));
  }

  /** Lets time pass; stops early at a violation, or once `reached`. */
  public async advance(milliseconds: number, reached: () => boolean = () => false): Promise<void> {
    const end = this.schedule.now + milliseconds;
    while (this.judge.violations.length === 0 && !reached() && this.schedule.step(end)) await settle();
  }

  public newSwarm(): Swarm {
    const world = { now: () => this.schedule.now, linked: this.linked };
    const swarm = new Swarm(`swarm${this.swarms.length}`, world);
    this.swarms.push(swarm);
    return swarm;
  }

  public newWriteId(): string {
    return `write-${this.serial++}`;
  }

  public readonly linked = (one: Machine, other: Machine): boolean => one === other || one.isolated === other.isolated;

  public machineAt(address: string): Machine | undefined {
    return this.machines.find((machine) => machine.address === address && machine.isUp);
  }

  public dockerEpoch(machine: Machine): number {
    return this.epochs.get(machine) ?? 0;
  }

  public endDockerOperations(machine: Machine): void {
    this.epochs.set(machine, this.dockerEpoch(machine) + 1);
  }

  /** Starts the machine's agent with nothing in memory. */
  public startAgent(machine: Machine): void {
    if (machine.agent?.alive === true || machine.instance !== "running") return;
    const incarnation: Incarnation = { alive: true, stop: new AbortController() };
    machine.agent = incarnation;
    const ports = portsOf(this, machine, incarnation);
    const seen = this.mutation.ports?.(ports, machine, this) ?? ports;
    const log = new Log(
      (line) => this.tracing && this.lines.push(`${this.schedule.now} ${machine.name} ${line}`),
      () => this.schedule.now,
    );
    const agent = new Agent(seen, machine.settings, machine.self, new DecisionLog(log));
    this.mutation.agent?.(agent, machine, this);
    void agent.run(incarnation.stop.signal);
  }

  public stopAgent({ agent }: Machine): void {
    if (agent === undefined) return;
    agent.alive = false;
    agent.stop.abort();
  }

  /** systemd starts the agent again after five seconds. */
  public crashAgent(machine: Machine): void {
    this.stopAgent(machine);
    this.schedule.in(5_000, () => this.startAgent(machine));
  }

  public crashDocker(machine: Machine, forMilliseconds: number): void {
    machine.dockerRuns = false;
    this.endDockerOperations(machine);
    this.schedule.in(forMilliseconds, () => {
      if (!machine.dockerRuns && machine.instance === "running") dockerd.start(this, machine);
    });
  }

  /** The instance is off for a while, with its disk; a stopped one shows as stopped to EC2. */
  public reboot(machine: Machine, forMilliseconds: number, stopped: boolean): void {
    if (machine.instance !== "running") return;
    this.stopAgent(machine);
    machine.dockerRuns = false;
    this.endDockerOperations(machine);
    if (stopped) this.show(machine, "stopped");
    this.schedule.in(forMilliseconds, () => this.boot(machine));
  }

  public pause(machine: Machine): void {
    machine.paused = true;
  }

  public resume(machine: Machine): void {
    if (!machine.paused) return;
    machine.paused = false;
    const { deferred } = machine;
    machine.deferred = [];
    for (const happen of deferred) this.schedule.in(0, happen);
  }

  /** Ends an instance for ever, disk and all. */
  public terminate(machine: Machine): void {
    if (machine.isGone) return;
    this.stopAgent(machine);
    machine.dockerRuns = false;
    this.endDockerOperations(machine);
    this.show(machine, "shutting-down");
    this.schedule.in(this.chance.between(2_000, 30_000), () => this.show(machine, "terminated"));
  }

  /** TerminateInstanceInAutoScalingGroup without decrement: the group launches a successor. */
  public replace(machine: Machine): void {
    this.terminate(machine);
    const { slot } = machine.settings;
    if (slot !== undefined) this.schedule.in(this.chance.between(20_000, 60_000), () => this.fillSlot(slot));
  }

  /** The group of a slot has one instance; dead ones are not counted. */
  public fillSlot(slot: number): void {
    const isFilled = this.machines.some(({ settings, isGone }) => settings.slot === slot && !isGone);
    if (!isFilled) this.launchManager(slot);
  }

  /** A request that changes nothing. */
  public request<T>(machine: Machine, incarnation: Incarnation, path: Path, apply: () => T): Promise<T> {
    return this.send(machine, incarnation, path, (answer) => answer({ value: apply() }));
  }

  /** An effect: where faults strike. */
  public effect<T>(
    machine: Machine,
    incarnation: Incarnation,
    path: Path,
    apply: (answer: dockerd.Answer<T>) => void,
  ): Promise<T> {
    const late = path.local ? 0 : machine.slowNext;
    if (!path.local) machine.slowNext = 0;
    const [least, most] = path.latency;
    const way: Path = { ...path, latency: [least + late, most + late] };
    return this.send(machine, incarnation, way, (answer) => {
      const number = this.effectsOf.get(machine) ?? 0;
      this.effectsOf.set(machine, number + 1);
      this.effects++;
      const { strike } = this;
      if (strike?.machine !== machine.name || strike.effect !== number) return apply(answer);
      this.strike = undefined;
      if (strike.moment === "before") {
        strike.fault(this, machine);
        // Who still waits is answered, as soon as the machine is able to.
        if (path.local && machine.paused) machine.deferred.push(() => this.attempt(apply, answer));
        else if (incarnation.alive) apply(answer);
        return;
      }
      try {
        apply(answer);
      } finally {
        strike.fault(this, machine);
      }
    });
  }

  public effectsBy(name: string): number {
    return [...this.effectsOf].filter(([{ name: each }]) => each === name).reduce((sum, [, count]) => sum + count, 0);
  }

  public sleep(machine: Machine, incarnation: Incarnation, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule.in(milliseconds, () => this.deliver(machine, incarnation, resolve));
    });
  }

  private send<T>(
    machine: Machine,
    incarnation: Incarnation,
    { local, latency }: Path,
    apply: (answer: dockerd.Answer<T>) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer: dockerd.Answer<T> = (outcome) => {
        const tell = () => ("value" in outcome ? resolve(outcome.value) : reject(outcome.error));
        const isSlow = !local && this.chance.happens(0.01);
        if (!isSlow) return this.deliver(machine, incarnation, tell);
        this.schedule.in(this.chance.between(1_000, 15_000), () => this.deliver(machine, incarnation, tell));
      };
      const arrive = () => {
        // What was on its way when the agent ended may arrive, or not.
        if (!incarnation.alive && (local || this.chance.happens(0.5))) return;
        if (local && machine.paused) {
          machine.deferred.push(arrive);
          return;
        }
        this.requests++;
        this.attempt(apply, answer);
        this.judge.look();
      };
      this.schedule.in(this.chance.between(...latency), arrive);
    });
  }

  private attempt<T>(apply: (answer: dockerd.Answer<T>) => void, answer: dockerd.Answer<T>): void {
    try {
      apply(answer);
    } catch (error) {
      answer({ error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  private deliver(machine: Machine, incarnation: Incarnation, tell: () => void): void {
    if (!incarnation.alive) return;
    if (machine.paused) machine.deferred.push(() => this.deliver(machine, incarnation, tell));
    else tell();
  }

  private boot(machine: Machine): void {
    if (machine.isGone) return;
    if (machine.instance !== "running") this.show(machine, "running");
    dockerd.start(this, machine);
    this.startAgent(machine);
  }

  private show(machine: Machine, state: Machine["instance"]): void {
    if (machine.instance === "terminated") return;
    machine.instance = state;
    machine.shown.push({ at: this.schedule.now, state });
  }

  private launch(name: string, settings: NodeSettings): Machine {
    const number = this.machines.length + 10;
    const address = `10.20.${number % 3}.${number}`;
    const self = {
      instanceId: `i-${number.toString(16).padStart(8, "0")}`,
      address,
      availabilityZone: `eu-west-1${"abc"[number % 3] ?? "a"}`,
    };
    const { chance } = this;
    const skew = { monotonic: Math.floor(chance.between(0, 900_000)), wall: Math.floor(chance.between(-2_000, 2_000)) };
    const isFirst = !this.machines.some((machine) => machine.name === name);
    const machine = new Machine(isFirst ? name : `${name}-${number}`, settings, self, skew);
    for (const hook of [settings.launchHook]) if (hook !== undefined) machine.hooks.add(hook);
    machine.shown.push({ at: this.schedule.now, state: "running" });
    this.machines.push(machine);
    this.startAgent(machine);
    return machine;
  }
}

/** Lets everything that can go on without time go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
