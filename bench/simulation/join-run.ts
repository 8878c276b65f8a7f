import type { Ports } from "../../lib/agent/agent";
import { itemSize } from "../../test/support/simulation/item-size";
import { Chance } from "../../test/support/simulation/schedule";
import { type Host, World } from "../../test/support/simulation/world";
import { delayed } from "./delays";
import { type PeakLoad, peakLoad, scannedBytes, type TimedRequest } from "./registry-load";

const MANAGERS = 3;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Time after which a swarm that is not whole will not be. */
const PATIENCE = 30 * MINUTE;
/** Time for the leader to come to rest, and time at rest that is measured. */
const REST = 130 * SECOND;
const IDLE = 2 * MINUTE;

/** Workers that come to a swarm of three managers, all of them new. */
export interface JoinScenario {
  readonly workers: number;
  /** Milliseconds within which all machines start, one as likely as the other at any moment of it. */
  readonly startWithin: number;
}

/** What a leader did in a minute. */
export interface LeaderMinute {
  /** Changes of nodes: labels and promotions. */
  readonly updates: number;
  readonly registryRequests: number;
  readonly scannedBytes: number;
  /** Milliseconds of this processor, the simulation of its dockerd and registry included. */
  readonly processor: number;
}

/** What came of it; times in milliseconds from the start. */
export interface JoinRun extends JoinScenario {
  /** When all were in the swarm, all had their labels, and the registry said so; Infinity if that never came. */
  readonly joined: number;
  readonly labelled: number;
  readonly published: number;
  readonly joining: PeakLoad;
  /** Most changes of nodes in one second. */
  readonly updatesPerSecond: number;
  readonly busiestMinute: LeaderMinute;
  readonly idleMinute: LeaderMinute;
  /** Most registry requests of a worker, and of a manager, in a minute at rest. */
  readonly idleWorker: number;
  readonly idleManager: number;
  /** Bytes of the cluster record in the end, and of the whole table. */
  readonly clusterRecord: number;
  readonly table: number;
  /** What failed, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Simulates a scenario with the real agent on each node. */
export function runJoin(scenario: JoinScenario): Promise<JoinRun> {
  return new JoinSimulation(scenario).run();
}

class JoinSimulation {
  private readonly world = new World();
  private readonly chance = new Chance(2);
  private readonly work = new Map<Host, { readonly at: number; readonly processor: number }[]>();
  private readonly updates = new Map<Host, number[]>();
  private running: Host | undefined;
  private readonly start: number;

  public constructor(private readonly scenario: JoinScenario) {
    this.start = this.world.clock.now;
    this.world.between = (ports, host) => this.between(ports, host);
  }

  public async run(): Promise<JoinRun> {
    const { world, start } = this;
    this.launch();
    const milestones = { joined: Infinity, labelled: Infinity, published: Infinity };
    while (world.clock.now < start + PATIENCE && Object.values(milestones).includes(Infinity)) {
      await this.pass(SECOND);
      const now = world.clock.now - start;
      if (this.hasJoined()) milestones.joined = Math.min(milestones.joined, now);
      if (await this.isLabelled()) milestones.labelled = Math.min(milestones.labelled, now);
      if (this.isPublished()) milestones.published = Math.min(milestones.published, now);
    }
    const busyUntil = world.clock.now;
    await this.pass(REST);
    const idleFrom = world.clock.now;
    await this.pass(IDLE);
    return { ...this.scenario, ...milestones, ...this.measured(busyUntil, idleFrom) };
  }

  private launch(): void {
    const { world, chance, scenario } = this;
    const launchLater = async (launch: () => void) => {
      await world.clock.sleep(chance.between(0, scenario.startWithin));
      launch();
    };
    for (let slot = 0; slot < MANAGERS; slot++) void launchLater(() => world.launchManager(slot, MANAGERS));
    for (let index = 0; index < scenario.workers; index++) void launchLater(() => world.launchWorker(index, MANAGERS));
  }

  /** Each agent's ports, with the time they take; whose turn it is is written down. */
  private between(ports: Ports, host: Host): Ports {
    const { world, chance } = this;
    const delays = {
      sleep: (milliseconds: number) => world.clock.sleep(milliseconds),
      random: chance.next,
      resumed: () => {
        this.running = host;
      },
    };
    const updates: number[] = [];
    this.updates.set(host, updates);
    const docker = {
      ...ports.docker,
      updateNode: (...[id, version, change]: Parameters<Ports["docker"]["updateNode"]>) => {
        // An update that changes nothing proves to a leader that it can write, and is no change of a node.
        if (Object.keys(change).length > 0) updates.push(world.clock.now);
        return ports.docker.updateNode(id, version, change);
      },
    };
    return delayed({ ...ports, docker }, delays, () => world.registry.bytes);
  }

  /** Lets time pass, and reckons what each manager's turns took of this processor. */
  private async pass(milliseconds: number): Promise<void> {
    const { clock } = this.world;
    const end = clock.now + milliseconds;
    for (let moved = true; moved; ) {
      this.running = undefined;
      const before = process.cpuUsage();
      moved = await clock.step(end);
      const { user, system } = process.cpuUsage(before);
      this.book((user + system) / 1_000);
    }
  }

  private book(processor: number): void {
    const host = this.running;
    if (host?.settings.role !== "manager") return;
    const booked = this.work.get(host) ?? [];
    booked.push({ at: this.world.clock.now, processor });
    this.work.set(host, booked);
  }

  private get hosts(): readonly Host[] {
    return [...this.world.hosts.values()];
  }

  private hasJoined(): boolean {
    const { hosts, scenario } = this;
    const { clusterId } = this.world.registry.cluster;
    const isMember = ({ engine }: Host) => engine.isUp && engine.swarmId === clusterId;
    return hosts.length === scenario.workers + MANAGERS && hosts.every(isMember);
  }

  private async isLabelled(): Promise<boolean> {
    const manager = this.hosts.find(({ engine }) => engine.managed !== undefined);
    const nodes = (await manager?.engine.nodes()) ?? [];
    return nodes.length === this.scenario.workers + MANAGERS && nodes.every(({ labels }) => "az" in labels);
  }

  /** Whether the leader's summary has all of them Ready. */
  private isPublished(): boolean {
    const { members = [], counted = [] } = this.world.registry.cluster.summary ?? {};
    const listed = members.filter(({ role, state, pool }) => role === "worker" && state === "ready" && pool);
    const others = counted.filter(({ state, pool }) => state === "ready" && pool);
    return others.reduce((sum, { count }) => sum + count, listed.length) === this.scenario.workers;
  }

  private measured(busyUntil: number, idleFrom: number) {
    const { hosts, world } = this;
    const requests = hosts.flatMap((host) => host.requests);
    const leader = hosts.reduce((one, other) =>
      this.updatesOf(other).length > this.updatesOf(one).length ? other : one,
    );
    const minutes = (from: number, to: number) => this.minutesOf(leader, from, to);
    const busiest = minutes(this.start, busyUntil).reduce((one, other) => (other.updates > one.updates ? other : one));
    const idle = minutes(idleFrom, idleFrom + IDLE).reduce((one, other) =>
      other.processor > one.processor ? other : one,
    );
    const idleRequests = (role: Host["settings"]["role"]) =>
      Math.max(
        0,
        ...hosts
          .filter(({ settings }) => settings.role === role)
          .map((host) =>
            mostPerMinute(
              host.requests.filter(({ at }) => at >= idleFrom),
              idleFrom,
            ),
          ),
      );
    return {
      joining: peakLoad(requests.filter(({ at }) => at < busyUntil)),
      updatesPerSecond: mostPer(SECOND, this.updatesOf(leader)),
      busiestMinute: busiest,
      idleMinute: idle,
      idleWorker: idleRequests("worker"),
      idleManager: idleRequests("manager"),
      clusterRecord: itemSize({ ...world.registry.cluster }),
      table: world.registry.bytes,
      failures: failuresIn(world.log),
    };
  }

  private updatesOf(host: Host): readonly number[] {
    return this.updates.get(host) ?? [];
  }

  private minutesOf(host: Host, from: number, to: number): readonly LeaderMinute[] {
    const work = this.work.get(host) ?? [];
    return Array.from({ length: Math.ceil((to - from) / MINUTE) }, (_, minute) => {
      const start = from + minute * MINUTE;
      const within = ({ at }: { readonly at: number }) => at >= start && at < start + MINUTE;
      const requests: readonly TimedRequest[] = host.requests.filter(within);
      return {
        updates: this.updatesOf(host).filter((at) => within({ at })).length,
        registryRequests: requests.length,
        scannedBytes: scannedBytes(requests),
        processor: work.filter(within).reduce((sum, { processor }) => sum + processor, 0),
      };
    });
  }
}

function mostPerMinute(requests: readonly TimedRequest[], from: number): number {
  return mostPer(
    MINUTE,
    requests.map(({ at }) => at - from),
  );
}

/** Most of these moments that lie in one span of time. */
function mostPer(span: number, moments: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const at of moments) counts.set(Math.floor(at / span), (counts.get(Math.floor(at / span)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Actions that failed, as the agents' logs have them, by kind and cause. */
function failuresIn(log: readonly string[]): ReadonlyMap<string, number> {
  const failures = new Map<string, number>();
  for (const line of log) {
    if (!line.includes('"result":"failed"')) continue;
    const { action, detail } = JSON.parse(line.slice(line.indexOf("{"))) as { action: string; detail?: string };
    const text = `${action}: ${detail ?? ""}`;
    failures.set(text, (failures.get(text) ?? 0) + 1);
  }
  return failures;
}
