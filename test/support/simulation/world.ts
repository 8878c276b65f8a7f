import { Agent, type Ports } from "../../../lib/agent/agent";
import { DecisionLog, Log } from "../../../lib/agent/log";
import type { Identity, LocalStore, Markers } from "../../../lib/agent/ports";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import { SimulatedClock, settle } from "./clock";
import { SimulatedCloud } from "./cloud";
import { SimulatedEngine, type Wire } from "./engine";
import { type RegistryRequest, SimulatedRegistry } from "./registry";
import { Chance } from "./schedule";
import { managerSettings, workerSettings } from "./settings";

/** An effect of an agent, as a fault may strike it: the n-th of a host, before it is done or right after. */
export interface Crash {
  readonly host: string;
  readonly effect: number;
  readonly moment: "before" | "after";
}

/** A machine with a dockerd, a disk and an agent. */
export interface Host {
  readonly name: string;
  readonly settings: NodeSettings;
  readonly self: Identity;
  readonly engine: SimulatedEngine;
  readonly disk: { markers: Markers };
  /** Registry requests since the counter was last cleared. */
  requests: (RegistryRequest & { readonly at: number })[];
  effects: number;
  terminating: boolean;
  stop: AbortController;
}

/** Everything a swarm is made of, in one process and with one clock. */
export class World {
  public readonly clock = new SimulatedClock();
  public readonly registry = new SimulatedRegistry();
  public readonly cloud = new SimulatedCloud();
  public readonly hosts = new Map<string, Host>();
  private readonly engines = new Map<string, SimulatedEngine>();
  /** Lines the agents logged. */
  public readonly log: string[] = [];
  /** Called when a crash strikes; by default the agent starts again after five seconds, as systemd does. */
  public onCrash: (host: Host) => void = (host) => void this.restartLater(host);
  public crash: Crash | undefined;
  /** What lies between an agent and what it touches: by default nothing, not even time. */
  public between: (ports: Ports, host: Host) => Ports = (ports) => ports;
  private swarms = 0;
  private addresses = 10;
  private readonly chance: Chance;

  public constructor(seed = 1) {
    this.chance = new Chance(seed);
    this.registry.seed("nonce-1");
  }

  /** Launches the instance of a manager slot and starts its agent. */
  public launchManager(slot: number, slots = 3, name = `manager-${slot}`): Host {
    return this.launch(name, managerSettings(slot, slots), "apps-manager");
  }

  /** Launches an instance of a worker pool and starts its agent. */
  public launchWorker(index: number, slots = 3, overrides: Partial<NodeSettings> = {}): Host {
    return this.launch(`general-${index}`, workerSettings("general", slots, overrides), "apps-worker");
  }

  /** Ends an instance for ever, disk and all. */
  public terminate(host: Host): void {
    host.stop.abort();
    host.engine.stop();
    this.cloud.terminate(host.self.instanceId);
  }

  /** Starts the agent of a host anew, with nothing in memory. */
  public startAgent(host: Host): void {
    host.stop = new AbortController();
    const log = new Log(
      (line) => this.log.push(`${host.name} ${line}`),
      () => this.clock.now,
    );
    const agent = new Agent(this.between(this.portsOf(host), host), host.settings, host.self, new DecisionLog(log));
    void agent.run(host.stop.signal);
  }

  /** Lets time pass until `reached`; says after how many milliseconds, or throws when it takes too long. */
  public async until(reached: () => boolean, limit: number): Promise<number> {
    const start = this.clock.now;
    await settle();
    while (!reached()) {
      const moved = await this.clock.step(start + limit);
      if (!moved && !reached()) throw new Error(`not reached within ${limit} ms:\n${this.log.slice(-40).join("")}`);
    }
    return this.clock.now - start;
  }

  /** Lets time pass. */
  public async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now + milliseconds;
    await settle();
    while (await this.clock.step(end));
  }

  /** Whether every running host is Ready in one swarm, each manager slot a member of Raft, and all of it labelled. */
  public isWhole(): boolean {
    const { cluster } = this.registry;
    if (cluster.phase !== "ready") return false;
    const hosts = [...this.hosts.values()].filter((host) => !host.stop.signal.aborted);
    return hosts.every((host) => {
      const { engine, settings } = host;
      if (!engine.isUp || engine.swarmId !== cluster.clusterId) return false;
      const member = cluster.summary?.members.find((each) => each.nodeId === engine.nodeId);
      if (member?.state !== "ready" || member.availabilityZone === undefined) return false;
      return settings.role === "worker"
        ? member.pool === settings.pool
        : engine.managed !== undefined && member.slot === settings.slot;
    });
  }

  private launch(name: string, settings: NodeSettings, instanceProfile: string): Host {
    const number = this.addresses++;
    const address = `10.20.${32 * (number % 3) + (number >> 8)}.${number & 255}`;
    const instanceId = `i-${number.toString(16).padStart(17, "0")}`;
    const availabilityZone = `eu-west-1${"abc"[number % 3]}`;
    const { autoScalingGroup, launchHook, terminateHook } = settings;
    const hooks = [launchHook, terminateHook].filter((hook) => hook !== undefined);
    this.cloud.launch({ instanceId, privateAddress: address, autoScalingGroup, instanceProfile }, hooks);
    const host: Host = {
      name,
      settings,
      self: { instanceId, address, availabilityZone },
      engine: new SimulatedEngine(address, this.wire),
      disk: { markers: {} },
      requests: [],
      effects: 0,
      terminating: false,
      stop: new AbortController(),
    };
    this.hosts.set(name, host);
    this.engines.set(address, host.engine);
    this.startAgent(host);
    return host;
  }

  private readonly wire: Wire = {
    now: () => this.clock.now,
    sleep: (milliseconds) => this.clock.sleep(milliseconds),
    newSwarmId: () => `swarm${this.swarms++}`,
    engineAt: (address) => {
      const engine = this.engines.get(address);
      return engine?.isUp === true ? engine : undefined;
    },
  };

  private portsOf(host: Host): Ports {
    const count = (request: RegistryRequest) => void host.requests.push({ ...request, at: this.clock.now });
    const registry = this.registry.port(count);
    const { engine } = host;
    const strike = <Arguments extends readonly unknown[], Result>(effect: (...args: Arguments) => Promise<Result>) =>
      this.striking(host, effect);
    const store: LocalStore = {
      markers: async () => host.disk.markers,
      save: strike(async (change) => {
        host.disk.markers = { ...host.disk.markers, ...change };
      }),
      hasCertificate: async () => engine.hasCertificate,
      refusal: async () => undefined,
    };
    return {
      clock: this.clock.of(host.self.instanceId.length * 1_000),
      registry: { ...registry, change: strike((change) => registry.change(change)) },
      docker: {
        status: () => engine.status(),
        node: (id) => engine.node(id),
        nodes: () => engine.nodes(),
        swarm: () => engine.swarm(),
        workerToken: () => engine.workerToken(),
        runningContainers: () => engine.runningContainers(),
        unlockKey: () => engine.unlockKey(),
        unlock: () => engine.unlock(),
        init: strike((options) => engine.init(options)),
        forceNewCluster: () => engine.forceNewCluster(),
        join: strike((options) => engine.join(options)),
        leave: strike(() => engine.leave()),
        updateNode: strike((id, version, change) => engine.updateNode(id, version, change)),
        removeNode: strike((id) => engine.removeNode(id)),
      },
      dockerService: {
        restart: strike(async () => {
          engine.stop();
          engine.start();
        }),
      },
      diskLock: { isOn: async () => false, opensWith: async () => false, takeOff: async () => {} },
      instances: this.cloud,
      hooks: this.cloud.hooksOf(host.self.instanceId),
      slotGroups: this.cloud,
      metadata: { identity: async () => host.self, terminating: async () => host.terminating },
      store,
      random: this.chance.next,
    };
  }

  /** Counts effects, and ends the agent at the one a crash is planned for: what it awaited never answers. */
  private striking<Arguments extends readonly unknown[], Result>(
    host: Host,
    effect: (...args: Arguments) => Promise<Result>,
  ): (...args: Arguments) => Promise<Result> {
    return async (...args) => {
      if (host.stop.signal.aborted) return new Promise(() => {});
      const number = host.effects++;
      const { crash } = this;
      const struck = crash?.host === host.name && crash.effect === number ? crash.moment : undefined;
      if (struck === undefined) return effect(...args);
      if (struck === "after") await effect(...args).catch(() => undefined);
      host.stop.abort();
      this.onCrash(host);
      return new Promise(() => {});
    };
  }

  private async restartLater(host: Host): Promise<void> {
    await this.clock.sleep(5_000);
    this.startAgent(host);
  }
}
