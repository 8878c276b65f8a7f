import { Agent, type Ports } from "../../../lib/agent/agent";
import { DecisionLog, Log } from "../../../lib/agent/log";
import { originOf } from "../../../lib/agent/state-origin";
import { recoveryOf } from "../../../lib/agent/survivor";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import { Chance, Schedule } from "../../support/simulation/schedule";
import { managerSettings, workerSettings } from "../../support/simulation/settings";
import { Cloud } from "./cloud";
import { Courier } from "./courier";
import * as dockerd from "./dockerd";
import { Judge } from "./judge/judge";
import { type Disk, type Incarnation, Machine, type SwarmState } from "./machine";
import { portsOf } from "./ports";
import { Swarm } from "./swarm";
import { Table } from "./table";
import { Times } from "./times";

/** Changes what agents see, decide or do: how a broken protocol is tried out. */
export interface Mutation {
  readonly ports?: (ports: Ports, machine: Machine, world: World) => Ports;
  readonly agent?: (agent: Agent, machine: Machine, world: World) => void;
  /** Whether a refused write is taken for one that was not made. */
  readonly believesRefusals?: boolean;
  /** Whether a recovery goes on in the generation there was. */
  readonly keepsGeneration?: boolean;
  /** Whether the state on the disk is looked at before dockerd starts. */
  readonly guard?: boolean;
}

/** Time between two tries to start what needs the registry. */
const RETRY = 10_000;
/** systemd starts a crashed agent again after so long. */
const RESTART = 5_000;

/** Everything a swarm is made of, with real agents, one effect at a time. */
export class World {
  public readonly schedule = new Schedule();
  public readonly chance: Chance;
  /** How long AWS takes for things. */
  public readonly times: Times;
  public readonly courier = new Courier(this);
  public readonly cloud = new Cloud(this);
  public readonly judge: Judge;
  public readonly table: Table;
  public readonly swarms: Swarm[] = [];
  public readonly machines: Machine[] = [];
  /** Machines whose dockerd started and has not found a leader yet. */
  public readonly unsure = new Set<Machine>();
  public registryDown = false;
  /** Pairs of machines between which nothing passes. */
  public readonly cuts = new Set<string>();
  /** What was done and what the agents said, when asked for: `MILLISECONDS WHO WHAT`. */
  public readonly lines: string[] = [];
  public tracing = false;
  /** Where managers are locked from the beginning: the secret that holds the key. */
  public readonly secret: string | undefined;
  /** Disk that new managers begin with, where somebody made an image of a machine as it ran. */
  public image: Disk | undefined;
  /** The most slots the cluster ever had. */
  public most: number;
  private readonly epochs = new Map<Machine, number>();
  private serial = 0;

  public constructor(
    seed: number,
    /** Slots the cluster has, as Terraform last made them. */
    public slots: number,
    public readonly mutation: Mutation = {},
  ) {
    this.most = slots;
    this.chance = new Chance(seed);
    this.times = new Times(seed);
    this.secret = this.chance.happens(0.3) ? "unlock-key" : undefined;
    this.judge = new Judge(this);
    this.table = new Table((before, keys) => this.judge.records.written(before, keys));
    const beat = () => {
      for (const swarm of this.swarms) swarm.beat();
      this.judge.look();
      this.schedule.in(1_000, beat);
    };
    this.schedule.in(1_000, beat);
  }

  public launchManager(slot: number): Machine {
    const settings = managerSettings(slot, this.slots, { unlockKeySecret: this.secret });
    return this.launch(`manager-${slot}`, settings, this.image);
  }

  public launchWorker(disk?: Disk): Machine {
    return this.launch("worker", workerSettings("general", this.slots), disk);
  }

  /** Adds a line to what is told of the run, if anybody asked for it. */
  public trace(line: string): void {
    if (this.tracing) this.lines.push(`${Math.round(this.schedule.now)} ${line}`);
  }

  /** Lets time pass; stops early at a violation, or once `reached`. */
  public async advance(milliseconds: number, reached: () => boolean = () => false): Promise<void> {
    const end = this.schedule.now + milliseconds;
    while (this.judge.violations.length === 0 && !reached() && this.schedule.step(end)) await settle();
  }

  public newSwarm(): Swarm {
    const surroundings = { now: () => this.schedule.now, random: this.chance.next, linked: this.linked };
    const swarm = new Swarm(`swarm${this.swarms.length}`, surroundings);
    this.swarms.push(swarm);
    return swarm;
  }

  public newWriteId(): string {
    return `write-${this.serial++}`;
  }

  public readonly linked = (one: Machine, other: Machine): boolean =>
    one === other || (one.isolated === other.isolated && (this.cuts.size === 0 || !this.cuts.has(cutOf(one, other))));

  /** Cuts two machines off from each other, or joins them again. */
  public cut(one: Machine, other: Machine): void {
    if (one !== other) this.cuts.add(cutOf(one, other));
  }

  public machineAt(address: string): Machine | undefined {
    return this.machines.find((machine) => machine.address === address && machine.isUp && !machine.hung);
  }

  public dockerEpoch(machine: Machine): number {
    return this.epochs.get(machine) ?? 0;
  }

  public endDockerOperations(machine: Machine): void {
    this.epochs.set(machine, this.dockerEpoch(machine) + 1);
    machine.waitsForLeader = false;
    for (const lost of machine.unanswered.splice(0)) this.schedule.in(0, lost);
  }

  /** Starts the machine's agent with nothing in memory. */
  public startAgent(machine: Machine): void {
    if (machine.agent?.alive === true || machine.instance !== "running") return;
    const incarnation: Incarnation = { alive: true, stop: new AbortController() };
    machine.agent = incarnation;
    const ports = portsOf(this, machine, incarnation);
    const seen = this.mutation.ports?.(ports, machine, this) ?? ports;
    const log = new Log(
      (line) => this.trace(`${machine.name} ${line.trimEnd()}`),
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

  public crashAgent(machine: Machine): void {
    this.stopAgent(machine);
    this.schedule.in(RESTART, () => this.startAgent(machine));
  }

  public crashDocker(machine: Machine, forMilliseconds: number): void {
    this.stopDocker(machine);
    this.schedule.in(forMilliseconds, () => {
      if (!machine.dockerRuns && machine.instance === "running") this.startDocker(machine);
    });
  }

  /** A full disk ends the machine's part in its swarm; once it is freed, dockerd may get over it, or may not. */
  public fillDisk(machine: Machine, forMilliseconds: number, recovers: boolean): void {
    machine.diskFull = true;
    if (machine.dockerRuns && machine.dockerState === "active") machine.engine = "stopped";
    this.schedule.in(forMilliseconds, () => {
      machine.diskFull = false;
      if (!recovers || machine.engine !== "stopped") return;
      machine.engine = "marked";
      machine.engineMendedAt = this.schedule.now;
    });
  }

  /** Dockerd finds other swarm state on its disk, or none, where its own was. */
  public exchangeState(machine: Machine, state: SwarmState): void {
    this.stopDocker(machine);
    machine.lost = machine.swarmState;
    machine.swarmState = state;
    machine.dockerState = state.nodeId === undefined ? "inactive" : "active";
    machine.lockedBy = undefined;
    this.startDocker(machine);
  }

  /** Dockerd is down, and stays so. */
  public breakDocker(machine: Machine): void {
    machine.broken = true;
    this.stopDocker(machine);
  }

  /** The instance is off for a while, with its disk; a stopped one shows as stopped to EC2. */
  public reboot(machine: Machine, forMilliseconds: number, stopped: boolean): void {
    if (machine.instance !== "running") return;
    this.stopAgent(machine);
    this.stopDocker(machine);
    if (stopped) this.show(machine, "stopped");
    const start = ++machine.starts;
    this.schedule.in(forMilliseconds, () => {
      if (machine.starts === start) this.boot(machine);
    });
  }

  public pause(machine: Machine): void {
    machine.paused = true;
  }

  public resume(machine: Machine): void {
    if (!machine.paused) return;
    machine.paused = false;
    for (const happen of machine.deferred.splice(0)) this.schedule.in(0, happen);
  }

  /** Stops a dockerd in its tracks, or lets it go on. */
  public hang(machine: Machine, hung: boolean): void {
    machine.hung = hung && machine.dockerRuns;
    if (!machine.hung) for (const happen of machine.unanswered.splice(0)) this.schedule.in(0, happen);
  }

  /** An operator gives a locked dockerd its key. */
  public unlock(machine: Machine): void {
    if (machine.dockerState === "locked" && machine.isUp)
      dockerd.unlock(this, machine, machine.lockedBy ?? "", () => {});
  }

  /** Ends an instance for ever, disk and all; who launched it does nothing about it. */
  public terminate(machine: Machine): void {
    if (machine.isGone) return;
    this.show(machine, "shutting-down");
    const { off, terminated } = this.times.shutdown();
    this.schedule.in(off, () => {
      this.stopAgent(machine);
      this.stopDocker(machine);
    });
    this.schedule.in(terminated, () => this.show(machine, "terminated"));
  }

  /** systemd stops dockerd, prepares the machine as for a boot and starts dockerd; the agent's end does not hold it up. */
  public restartDocker(machine: Machine, answer: dockerd.Answer<void>): void {
    this.stopDocker(machine);
    const start = machine.starts;
    this.schedule.in(this.chance.between(1_000, 20_000), () => {
      // Where the machine was turned off meanwhile, its boot starts dockerd.
      if (machine.instance !== "running" || machine.starts !== start || machine.dockerRuns) return;
      this.guard(machine);
      this.startDocker(machine);
      answer(machine.dockerRuns ? { value: undefined } : { error: new Error("Job for docker.service failed.") });
    });
  }

  private stopDocker(machine: Machine): void {
    machine.dockerRuns = false;
    machine.hung = false;
    this.endDockerOperations(machine);
  }

  private startDocker(machine: Machine): void {
    machine.dockerRuns = machine.refusal === undefined && !machine.broken;
    if (machine.dockerRuns) dockerd.start(this, machine);
  }

  private boot(machine: Machine): void {
    if (machine.isGone) return;
    if (machine.leftBehind && (this.registryDown || machine.offline)) {
      this.schedule.in(RETRY, () => this.boot(machine));
      return;
    }
    if (machine.instance !== "running") this.show(machine, "running");
    this.guard(machine);
    this.startDocker(machine);
    this.startAgent(machine);
  }

  /** What the preparation of a boot makes of the swarm state on the disk. */
  private guard(machine: Machine): void {
    const { settings, self, markers, swarmState, offline } = machine;
    const record = this.registryDown || offline ? undefined : this.table.cluster;
    const origin = originOf(settings, self, markers, record);
    machine.refusal = undefined;
    const recovery = recoveryOf(record, settings, self, markers);
    if (recovery?.isStarted === false && this.cloud.holds(machine.lockedBy)) machine.lockedBy = undefined;
    if (this.mutation.guard === false || swarmState.nodeId === undefined) return;
    if (origin === "outdated") machine.refusal = origin;
    if (origin !== "foreign") return;
    if (settings.role === "manager") machine.refusal = origin;
    else this.setAside(machine);
  }

  /** Moves swarm state out of dockerd's way. */
  public setAside(machine: Machine): void {
    machine.swarmState = {};
    machine.dockerState = "inactive";
    machine.engine = "well";
    machine.markers = { ...machine.markers, member: undefined, founder: undefined };
  }

  private show(machine: Machine, state: Machine["instance"]): void {
    if (machine.instance === "terminated") return;
    machine.instance = state;
    machine.shown.push({ at: this.schedule.now, state });
  }

  private launch(name: string, settings: NodeSettings, disk: Disk | undefined): Machine {
    const number = this.machines.length + 10;
    const self = {
      instanceId: `i-${number.toString(16).padStart(8, "0")}`,
      address: `10.20.${number % 3}.${number}`,
      availabilityZone: `eu-west-1${"abc"[number % 3] ?? "a"}`,
    };
    const { chance } = this;
    const skew = {
      monotonic: Math.floor(chance.between(0, 900_000)),
      wall: Math.floor(chance.between(-2_000, 2_000)),
      // Quartz is off by some seconds a day.
      rate: 1 + chance.between(-0.0002, 0.0002),
    };
    const isFirst = !this.machines.some((machine) => machine.name === name);
    const machine = new Machine(isFirst ? name : `${name}-${number}`, settings, self, skew);
    if (settings.launchHook !== undefined) machine.hooks.add(settings.launchHook);
    if (disk !== undefined) {
      machine.markers = disk.markers;
      machine.swarmState = disk.swarmState;
      if (disk.swarmState.nodeId !== undefined) machine.dockerState = "active";
    }
    this.machines.push(machine);
    this.cloud.launched(machine);
    this.boot(machine);
    return machine;
  }
}

function cutOf(one: Machine, other: Machine): string {
  return [one.name, other.name].sort().join(" ");
}

/** Lets everything that can go on without time go on: a tick comes after all that is resolved already, and costs no poll. */
function settle(): Promise<void> {
  return Promise.resolve().then(() => new Promise((resolve) => process.nextTick(resolve)));
}
