import { CONTROL_PORT } from "../../limits/constants";
import type { Docker, InitOptions, SwarmNode, SwarmObject, SwarmStatus, WorkerToken } from "../ports";
import { DockerError, type EngineClient } from "./engine-client";
import type { EngineInfo, EngineNode, EngineSwarm, EngineUnlockKey } from "./engine-types";

const NANOSECONDS = 1_000_000_000;

/** Milliseconds to wait for an answer: what needs no quorum, what does, and what dockerd takes its time for. */
const QUICK = 8_000;
const ORDINARY = 5_000;
const LONG = 60_000;
/** `swarm init` has no limit of its own. */
const INIT = 600_000;

/** {@link Docker} over the Engine API. */
export class EngineDocker implements Docker {
  public constructor(private readonly client: EngineClient) {}

  public async status(): Promise<SwarmStatus> {
    const { Swarm } = (await this.client.send({ method: "GET", path: "/info", timeout: QUICK })) as EngineInfo;
    return {
      state: (Swarm?.LocalNodeState || "inactive") as SwarmStatus["state"],
      nodeId: Swarm?.NodeID || undefined,
      controlAvailable: Swarm?.ControlAvailable === true,
      clusterId: Swarm?.Cluster?.ID || undefined,
      error: Swarm?.Error || undefined,
    };
  }

  public async node(id: string): Promise<SwarmNode> {
    return nodeOf(await this.inspect(id));
  }

  public async nodes(): Promise<readonly SwarmNode[]> {
    const nodes = (await this.client.send({ method: "GET", path: "/nodes", timeout: ORDINARY })) as EngineNode[];
    return nodes.map(nodeOf);
  }

  public async swarm(): Promise<SwarmObject> {
    const swarm = await this.inspectSwarm();
    return {
      clusterId: swarm.ID,
      version: swarm.Version.Index,
      addressPools: swarm.DefaultAddrPool ?? [],
      addressPoolMaskLength: swarm.SubnetSize ?? 0,
      dataPathPort: swarm.DataPathPort ?? 0,
      heartbeatSeconds: (swarm.Spec?.Dispatcher?.HeartbeatPeriod ?? 0) / NANOSECONDS,
      certExpiryHours: (swarm.Spec?.CAConfig?.NodeCertExpiry ?? 0) / NANOSECONDS / 3_600,
      taskHistoryLimit: swarm.Spec?.Orchestration?.TaskHistoryRetentionLimit ?? 0,
      autolock: swarm.Spec?.EncryptionConfig?.AutoLockManagers === true,
    };
  }

  public async workerToken(): Promise<WorkerToken> {
    const swarm = await this.inspectSwarm();
    const token = swarm.JoinTokens?.Worker;
    if (token === undefined || token === "") throw new Error("dockerd does not tell the worker token");
    return { token, clusterId: swarm.ID, version: swarm.Version.Index };
  }

  public async unlockKey(): Promise<string | undefined> {
    const answer = await this.client.send({ method: "GET", path: "/swarm/unlockkey", timeout: ORDINARY });
    return (answer as EngineUnlockKey | undefined)?.UnlockKey || undefined;
  }

  public async init(options: InitOptions): Promise<void> {
    const { address } = options;
    const body = {
      ListenAddr: `${address}:${CONTROL_PORT}`,
      AdvertiseAddr: `${address}:${CONTROL_PORT}`,
      DataPathAddr: address,
      DataPathPort: options.dataPathPort,
      DefaultAddrPool: [options.addressPool],
      SubnetSize: options.addressPoolMaskLength,
      Availability: "active",
      Spec: specOf(options),
    };
    await this.client.send({ method: "POST", path: "/swarm/init", body, timeout: INIT });
  }

  public async unlock(key: string): Promise<void> {
    await this.client.send({ method: "POST", path: "/swarm/unlock", body: { UnlockKey: key }, timeout: LONG });
  }

  public async forceNewCluster(options: InitOptions): Promise<void> {
    const { address } = options;
    const listen = `${address}:${CONTROL_PORT}`;
    const addresses = { ListenAddr: listen, AdvertiseAddr: listen, DataPathAddr: address };
    const body = { ForceNewCluster: true, ...addresses, Spec: specOf(options) };
    await this.client.send({ method: "POST", path: "/swarm/init", body, timeout: INIT });
  }

  public async join({ address, manager, token }: Parameters<Docker["join"]>[0]): Promise<void> {
    const body = {
      // Kept for the day the node is promoted.
      ListenAddr: `${address}:${CONTROL_PORT}`,
      AdvertiseAddr: `${address}:${CONTROL_PORT}`,
      DataPathAddr: address,
      RemoteAddrs: [`${manager}:${CONTROL_PORT}`],
      JoinToken: token,
      Availability: "active",
    };
    await this.client.send({ method: "POST", path: "/swarm/join", body, timeout: LONG });
  }

  public async leave(): Promise<void> {
    await this.client.send({ method: "POST", path: "/swarm/leave", query: { force: true }, timeout: LONG });
  }

  public async updateNode(id: string, version: number, change: Parameters<Docker["updateNode"]>[2]): Promise<void> {
    // The specification is replaced as a whole: it must be the one that was decided about.
    const node = await this.inspectUnchanged(id, version);
    const body = {
      ...node.Spec,
      Role: change.role ?? node.Spec.Role,
      Availability: change.availability ?? node.Spec.Availability,
      Labels: { ...node.Spec.Labels, ...change.labels },
    };
    await this.client.send({
      method: "POST",
      path: `/nodes/${id}/update`,
      query: { version },
      body,
      timeout: ORDINARY,
    });
  }

  /** Without force, dockerd itself refuses to remove a node that is up, but not one that a new leader has not heard of. */
  public async removeNode(id: string, { version, force }: Parameters<Docker["removeNode"]>[1] = {}): Promise<void> {
    const query = force === true ? { force: true } : undefined;
    try {
      if (version !== undefined) await this.inspectUnchanged(id, version);
      await this.client.send({ method: "DELETE", path: `/nodes/${id}`, query, timeout: ORDINARY });
    } catch (error) {
      if (!(error instanceof DockerError && error.statusCode === 404)) throw error;
    }
  }

  public async runningContainers(): Promise<number> {
    const containers = await this.client.send({ method: "GET", path: "/containers/json", timeout: ORDINARY });
    return (containers as readonly unknown[]).length;
  }

  private async inspect(id: string): Promise<EngineNode> {
    return (await this.client.send({ method: "GET", path: `/nodes/${id}`, timeout: ORDINARY })) as EngineNode;
  }

  /** A node that still is as it was decided about. */
  private async inspectUnchanged(id: string, version: number): Promise<EngineNode> {
    const node = await this.inspect(id);
    if (node.Version.Index !== version) throw new Error(`node ${id} was changed meanwhile`);
    return node;
  }

  private async inspectSwarm(): Promise<EngineSwarm> {
    return (await this.client.send({ method: "GET", path: "/swarm", timeout: ORDINARY })) as EngineSwarm;
  }
}

function specOf({ taskHistoryLimit, heartbeatSeconds, autolock, certExpiryHours }: InitOptions) {
  return {
    Orchestration: { TaskHistoryRetentionLimit: taskHistoryLimit },
    Dispatcher: { HeartbeatPeriod: heartbeatSeconds * NANOSECONDS },
    EncryptionConfig: { AutoLockManagers: autolock },
    CAConfig: { NodeCertExpiry: certExpiryHours * 3_600 * NANOSECONDS },
  };
}

function nodeOf(node: EngineNode): SwarmNode {
  const { ManagerStatus: manager, Spec, Status, Description } = node;
  return {
    id: node.ID,
    version: node.Version.Index,
    createdAt: Date.parse(node.CreatedAt),
    role: Spec.Role,
    availability: Spec.Availability,
    labels: Spec.Labels ?? {},
    state: (Status?.State ?? "unknown") as SwarmNode["state"],
    // A manager's own connection to itself has no address worth knowing.
    address: manager?.Addr?.replace(/:\d+$/, "") || Status?.Addr || "",
    hostname: Description?.Hostname ?? "",
    engineVersion: Description?.Engine?.EngineVersion,
    manager:
      manager === undefined || manager === null
        ? undefined
        : {
            leader: manager.Leader === true,
            reachability: (manager.Reachability || "unknown") as NonNullable<SwarmNode["manager"]>["reachability"],
          },
  };
}
