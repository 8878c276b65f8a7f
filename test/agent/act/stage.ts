import { perform } from "../../../lib/agent/act/act";
import type { ActContext } from "../../../lib/agent/act/context";
import { DockerError } from "../../../lib/agent/docker/engine-client";
import type { Action, ActionDetail } from "../../../lib/agent/model";
import type { Docker, Markers } from "../../../lib/agent/ports";
import { recordKey } from "../../../lib/registry/records";
import { SimulatedRegistry } from "../../support/simulation/registry";
import { managerSettings } from "../../support/simulation/settings";
import { candidate, publishedRecord, SWARM } from "../decide/given";

export const MEMBERSHIP = { clusterId: "c1", generation: 0 };
export const TOKEN = "SWMTKN-1-worker";

/** What the actions of slot 0's instance are done to, and what came of them. */
export class Stage {
  public readonly registry = new SimulatedRegistry();
  public markers: Markers = {};
  /** What dockerd and Auto Scaling were asked to do, in order. */
  public readonly done: string[] = [];
  public now = 0;
  /** What happens while the registry is asked. */
  public meanwhile: () => void = () => {};
  public certificate = true;
  /** The swarm's key, and the one that this manager's disk is locked by. */
  public unlockKey: string | undefined;
  public lock: string | undefined;
  /** The key its disk is locked by, as far as the guard left it so. */
  public diskLock: string | undefined;
  /** What the guard does to the disk when dockerd is restarted. */
  public guard: () => void = () => {};
  public context: ActContext = {
    settings: managerSettings(0),
    self: { instanceId: "i-0", address: "10.0.0.1", availabilityZone: "eu-west-1a" },
    clock: { now: () => this.now, wallTime: () => 0, sleep: async () => {} },
    registry: this.registry.port(() => this.meanwhile()),
    docker: this.dockerd(),
    dockerService: {
      restart: async () => {
        this.done.push("restart dockerd");
        this.guard();
      },
    },
    diskLock: {
      isOn: async () => this.diskLock !== undefined,
      opensWith: async (key) => this.diskLock === key,
      takeOff: () => Promise.reject(new Error("dockerd runs")),
    },
    slotGroups: {
      instances: async () => [],
      replace: async (instanceId) => {
        this.done.push(`replace ${instanceId}`);
        return "done";
      },
    },
    hooks: { complete: async () => "no active action", extend: async () => "done" },
    store: {
      markers: async () => this.markers,
      save: async (change) => {
        this.markers = { ...this.markers, ...change };
      },
      hasCertificate: async () => this.certificate,
      refusal: async () => undefined,
    },
  };

  public act(detail: ActionDetail, expiresAt = 10_000) {
    return perform(this.context, { ...detail, reason: "", expiresAt } as Action);
  }

  public cluster(overrides: Parameters<typeof publishedRecord>[0]): void {
    this.registry.put(recordKey.cluster, { ...publishedRecord(overrides) });
  }

  public token(overrides = {}): void {
    const token = { token: TOKEN, clusterId: "c1", generation: 0, tokenIndex: 10 };
    this.registry.put(recordKey.workerToken, { ...token, ...overrides });
  }

  private dockerd(): Docker {
    const does = (what: string) => async () => void this.done.push(what);
    return {
      status: async () => ({ state: "active", controlAvailable: true, nodeId: "n0" }),
      node: async () => candidate(0),
      nodes: async () => [],
      swarm: async () => SWARM,
      workerToken: async () => ({ token: TOKEN, clusterId: "c1", version: 11 }),
      unlockKey: async () => this.unlockKey,
      unlock: async (key) => {
        if (key !== this.lock) throw new DockerError(400, "swarm could not be unlocked: invalid key provided");
        this.done.push(`unlock ${key}`);
      },
      runningContainers: async () => 0,
      init: async () => void this.done.push(`init with marker ${this.markers.founder?.epoch}`),
      forceNewCluster: async ({ address, autolock }) =>
        void this.done.push(`force new cluster at ${address}, ${autolock ? "locked" : "unlocked"}`),
      join: async ({ manager, token }) =>
        void this.done.push(`join ${manager} ${token} with marker ${this.markers.member?.clusterId}`),
      leave: does("leave"),
      updateNode: async (id, version, change) =>
        void this.done.push(`update ${id}@${version} ${JSON.stringify(change)}`),
      removeNode: async (id, options) =>
        void this.done.push(`remove ${id}${options?.force === true ? " by force" : ""}`),
    };
  }
}
