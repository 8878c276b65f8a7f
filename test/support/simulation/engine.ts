import type { Docker, InitOptions, SwarmNode, SwarmObject, SwarmStatus, WorkerToken } from "../../../lib/agent/ports";
import { SimulatedSwarm } from "./swarm";

const INIT = 700;
const CONNECT_TIMEOUT = 5_000;
/** Time after which dockerd answers a join that goes on in the background. */
const JOIN_TIMEOUT = 20_000;
const JOIN_GOES_ON = "Timeout was reached before node joined. The attempt will continue in the background.";

/** What engines share: the wire between them and the time. */
export interface Wire {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  newSwarmId(): string;
  /** The engine at an address, if a packet gets there. */
  engineAt(address: string): SimulatedEngine | undefined;
}

/** A node's dockerd, with what it has on disk. */
export class SimulatedEngine implements Docker {
  private swarmOf: SimulatedSwarm | undefined;
  private options: InitOptions | undefined;
  private state: SwarmStatus["state"] = "inactive";
  private running = true;
  /** When this engine was last seen to go. */
  public downSince = Number.POSITIVE_INFINITY;
  public nodeId: string | undefined;
  public containers = 0;

  public constructor(
    public readonly address: string,
    private readonly wire: Wire,
  ) {}

  public get isUp(): boolean {
    return this.running && this.state === "active";
  }

  public get swarmId(): string | undefined {
    return this.swarmOf?.id;
  }

  /** The swarm this engine manages, for whoever asks it to join. */
  public get managed(): SimulatedSwarm | undefined {
    const isManager = this.isUp && this.nodeId !== undefined && this.swarmOf?.isMember(this.nodeId) === true;
    return isManager ? this.swarmOf : undefined;
  }

  public stop(): void {
    this.running = false;
    this.downSince = this.wire.now();
  }

  public start(): void {
    this.running = true;
  }

  public async status(): Promise<SwarmStatus> {
    this.mustRun();
    if (this.state === "active" && this.nodeId !== undefined && this.swarmOf?.wasRemoved(this.nodeId)) {
      this.state = "error";
      this.downSince = this.wire.now();
    }
    const managed = this.managed;
    return {
      state: this.state,
      nodeId: this.nodeId,
      controlAvailable: managed !== undefined,
      clusterId: managed?.id,
      error: this.state === "error" ? "node was removed from swarm" : undefined,
    };
  }

  public async node(id: string): Promise<SwarmNode> {
    return (await this.control()).node(id);
  }

  public async nodes(): Promise<readonly SwarmNode[]> {
    return (await this.control()).nodes();
  }

  public async swarm(): Promise<SwarmObject> {
    const swarm = await this.control();
    return {
      clusterId: swarm.id,
      version: swarm.version,
      addressPools: [this.options?.addressPool ?? "10.255.0.0/16"],
      addressPoolMaskLength: this.options?.addressPoolMaskLength ?? 24,
      dataPathPort: this.options?.dataPathPort ?? 4789,
      heartbeatSeconds: this.options?.heartbeatSeconds ?? 5,
      certExpiryHours: this.options?.certExpiryHours ?? 2160,
      taskHistoryLimit: this.options?.taskHistoryLimit ?? 5,
      autolock: false,
    };
  }

  public async workerToken(): Promise<WorkerToken> {
    const swarm = await this.control();
    return { token: swarm.token, clusterId: swarm.id, version: swarm.version };
  }

  public async unlockKey(): Promise<undefined> {}

  public async unlock(): Promise<void> {
    throw new Error("swarm is not locked");
  }

  public async init(options: InitOptions): Promise<void> {
    this.mustBeInactive();
    this.state = "pending";
    this.options = options;
    await this.wire.sleep(INIT);
    this.mustRun();
    const swarm = new SimulatedSwarm(this.wire.newSwarmId(), this.wire.sleep, this.wire.now);
    this.enter(swarm, swarm.admit(this, "manager"));
  }

  public async join({ manager, token }: Parameters<Docker["join"]>[0]): Promise<void> {
    this.mustBeInactive();
    const swarm = this.wire.engineAt(manager)?.managed;
    if (swarm === undefined) {
      await this.wire.sleep(CONNECT_TIMEOUT);
      throw new Error(`could not reach ${manager}:2377`);
    }
    if (token !== swarm.token) throw new Error("invalid join token");
    this.state = "pending";
    for (const start = this.wire.now(); !swarm.hasQuorum(); await this.wire.sleep(1_000)) {
      if (this.wire.now() - start < JOIN_TIMEOUT) continue;
      void this.joinLater(swarm);
      throw new Error(JOIN_GOES_ON);
    }
    const wait = swarm.queue();
    await this.wire.sleep(Math.min(wait, JOIN_TIMEOUT));
    if (wait > JOIN_TIMEOUT) {
      void this.joinLater(swarm, wait - JOIN_TIMEOUT);
      throw new Error(JOIN_GOES_ON);
    }
    this.mustRun();
    this.enter(swarm, swarm.admit(this, "worker"));
  }

  public async leave(): Promise<void> {
    this.mustRun();
    this.state = "inactive";
    this.downSince = this.wire.now();
    this.swarmOf = undefined;
    this.nodeId = undefined;
  }

  public async updateNode(...[id, version, change]: Parameters<Docker["updateNode"]>): Promise<void> {
    (await this.control()).update(id, version, change);
  }

  public async forceNewCluster(): Promise<void> {
    throw new Error("no swarm here is recovered");
  }

  public async removeNode(id: string): Promise<void> {
    (await this.control()).remove(id);
  }

  public async runningContainers(): Promise<number> {
    return this.containers;
  }

  /** Whether dockerd has a certificate on disk. */
  public get hasCertificate(): boolean {
    return this.nodeId !== undefined;
  }

  private enter(swarm: SimulatedSwarm, nodeId: string): void {
    this.swarmOf = swarm;
    this.nodeId = nodeId;
    this.state = "active";
  }

  private async joinLater(swarm: SimulatedSwarm, wait = 0): Promise<void> {
    await this.wire.sleep(wait);
    while (!swarm.hasQuorum()) await this.wire.sleep(1_000);
    if (this.state === "pending" && this.running) this.enter(swarm, swarm.admit(this, "worker"));
  }

  private async control(): Promise<SimulatedSwarm> {
    const swarm = this.managed;
    if (swarm === undefined) throw new Error("This node is not a swarm manager.");
    if (swarm.hasQuorum()) return swarm;
    await this.wire.sleep(CONNECT_TIMEOUT);
    throw new Error("The swarm does not have a leader.");
  }

  private mustRun(): void {
    if (!this.running) throw new Error("connect ENOENT /var/run/docker.sock");
  }

  private mustBeInactive(): void {
    this.mustRun();
    if (this.state !== "inactive") throw new Error("This node is already part of a swarm.");
  }
}
