import type { ClusterRecord, SlotRecord, TombstoneRecord } from "../../lib/registry/records";
import type { EngineView, HostView, MemberView, Sample } from "../lab/faults/watch/sample";

/** Everything a sample shows can be changed; what is not named is a swarm of three managers, all well. */
export interface Given {
  readonly time?: number;
  readonly cluster?: Partial<ClusterRecord> | "absent";
  readonly token?: string;
  /** Members as the leader `manager-0` lists them. */
  readonly members?: readonly MemberView[];
  readonly engines?: Readonly<Record<string, EngineView | undefined>>;
  readonly instances?: Readonly<
    Record<string, { readonly state?: string; readonly lifecycleState?: string; readonly spotAction?: object }>
  >;
  readonly slots?: readonly Pick<SlotRecord, "slot" | "instanceId" | "retire">[];
  readonly tombstones?: readonly Pick<TombstoneRecord, "nodeId" | "clusterId" | "state">[];
}

/** A manager as a leader lists it; the first leads. */
export const manager = (index: number, reachability = "reachable"): MemberView => ({
  nodeId: `node-${index}`,
  state: "ready",
  availability: "active",
  manager: { leader: index === 0, reachability },
});

export const worker = (nodeId: string): MemberView => ({ nodeId, state: "ready", availability: "active" });

export const engine = (nodeId: string, more: Partial<EngineView> = {}): EngineView => ({
  state: "active",
  nodeId,
  replicas: [],
  ...more,
});

/** One look at hosts `i-0` to `i-2`, the instances of slots 0 to 2, and `i-9`, a worker. */
export function sample(given: Given = {}): Sample {
  const members = given.members ?? [manager(0), manager(1), manager(2)];
  const engines: Record<string, EngineView | undefined> = {
    "i-0": engine("node-0", { clusterId: "cluster-a", members }),
    "i-1": engine("node-1", { clusterId: "cluster-a" }),
    "i-2": engine("node-2", { clusterId: "cluster-a" }),
    "i-9": engine("node-9"),
    ...given.engines,
  };
  const hosts = Object.entries(engines).map(([instanceId, view]): HostView => {
    const name = instanceId === "i-9" ? "general-0" : `manager-${instanceId.slice(2)}`;
    return { instanceId, name, container: "running", ...(view === undefined ? {} : { engine: view }) };
  });
  const instances = ["i-0", "i-1", "i-2", "i-9"].map((id) => ({
    id,
    state: "running",
    autoScalingGroup: id === "i-9" ? "dev-worker-general" : `dev-manager-${id.slice(2)}`,
    lifecycleState: "InService",
    ...given.instances?.[id],
  }));
  const record = {
    nonce: "life",
    phase: "ready",
    epoch: 1,
    generation: 0,
    clusterId: "cluster-a",
    tokenIndex: 10,
    abandoned: [],
    ...(given.cluster === "absent" ? {} : given.cluster),
  };
  return {
    time: given.time ?? 0,
    hosts,
    instances,
    registry: {
      ...(given.cluster === "absent" ? {} : { cluster: record }),
      token: { clusterId: given.token ?? record.clusterId, generation: 0, tokenIndex: 10 },
      slots: given.slots ?? [],
      nodes: [],
      tombstones: given.tombstones ?? [],
    },
  } as unknown as Sample;
}
