import { decide } from "../../../lib/agent/decide/decide";
import { type Memory, newMemory } from "../../../lib/agent/memory";
import type { Action, ActionKind, ActionOf, DockerView, Fact, Observation } from "../../../lib/agent/model";
import type { Instance, SwarmNode, SwarmObject } from "../../../lib/agent/ports";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import type {
  ClusterRecord,
  ClusterSummary,
  OwnedNodeRecord,
  RegistryRecords,
  SlotRecord,
} from "../../../lib/registry/records";
import { seededRecord } from "../../support/simulation/seeded-record";
import { managerSettings } from "../../support/simulation/settings";

/** The moment of every given observation, in milliseconds on the node's clock. */
export const NOW = 1_000_000;
/** The same moment in milliseconds since 1970. */
export const WALL = 1_700_000_000_000;

/** Something seen just now, or some milliseconds ago. */
export function seen<T>(value: T, ago = 0): Fact<T> {
  return { value, at: NOW - ago };
}

const BASE = { schema: 1, minWriter: 1, writeId: "w" } as const;

export function clusterRecord(overrides: Partial<ClusterRecord> = {}): ClusterRecord {
  return { ...seededRecord("nonce-1"), ...BASE, ...overrides };
}

/** The record of cluster `c1` in a phase in which it has members. */
export function publishedRecord(overrides: Partial<ClusterRecord> = {}): ClusterRecord {
  return clusterRecord({
    phase: "ready",
    clusterId: "c1",
    tokenIndex: 10,
    epoch: 1,
    managers: [{ slot: 0, address: "10.0.0.1", nodeId: "n0" }],
    ...overrides,
  });
}

export function slotRecord(slot: number, overrides: Partial<SlotRecord> = {}): SlotRecord {
  return {
    ...BASE,
    slot,
    instanceId: `i-${slot}`,
    address: `10.0.0.${slot + 1}`,
    nodeId: `n${slot}`,
    state: "ready",
    updatedAt: new Date(WALL).toISOString(),
    ...overrides,
  };
}

/** A worker's record; its node is `w1` unless said otherwise. */
export function workerRecord(overrides: Partial<OwnedNodeRecord> = {}): OwnedNodeRecord {
  return {
    ...BASE,
    roleUniqueId: "AROAWORKER",
    instanceId: "i-w1",
    role: "worker",
    pool: "general",
    availabilityZone: "eu-west-1a",
    address: "10.0.1.1",
    state: "ready",
    step: "worker of the swarm",
    nodeId: "w1",
    agentVersion: "0.1.0",
    updatedAt: new Date(WALL).toISOString(),
    ...overrides,
  };
}

/** A manager's record for the node of a slot. */
export function managerRecord(slot: number): OwnedNodeRecord {
  return workerRecord({
    roleUniqueId: "AROAMANAGER",
    instanceId: `i-${slot}`,
    role: "manager",
    slot,
    pool: undefined,
    address: `10.0.0.${slot + 1}`,
    nodeId: `n${slot}`,
  });
}

export function worker(id: string, overrides: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id,
    version: 5,
    createdAt: WALL - 7_200_000,
    role: "worker",
    availability: "active",
    labels: {},
    state: "ready",
    address: "10.0.1.1",
    hostname: `host-${id}`,
    ...overrides,
  };
}

/** The labels of a node of the pool `general`. */
export const PLACE = { az: "eu-west-1a", pool: "general" };

/** Workers of the pool `general`, Ready unless said otherwise. */
export function workers(count: number, overrides: Partial<SwarmNode> = {}): readonly SwarmNode[] {
  return Array.from({ length: count }, (_, index) =>
    worker(`w${index}${overrides.state ?? ""}`, { labels: PLACE, ...overrides }),
  );
}

/** A manager that answers nobody any more. */
export const DOWN = { state: "down", manager: { leader: false, reachability: "unreachable" } } as const;

/** The manager of a slot, in Raft and labelled. */
export function manager(slot: number, overrides: Partial<SwarmNode> = {}): SwarmNode {
  return worker(`n${slot}`, {
    role: "manager",
    address: `10.0.0.${slot + 1}`,
    labels: { slot: String(slot), az: "eu-west-1a" },
    manager: { leader: slot === 0, reachability: "reachable" },
    ...overrides,
  });
}

/** The node of a slot that joined and waits to be promoted. */
export function candidate(slot: number, overrides: Partial<SwarmNode> = {}): SwarmNode {
  return worker(`n${slot}`, { address: `10.0.0.${slot + 1}`, ...overrides });
}

export function slotInstance(slot: number, overrides: Partial<Instance> = {}): Instance {
  return {
    instanceId: `i-${slot}`,
    state: "running",
    privateAddress: `10.0.0.${slot + 1}`,
    autoScalingGroup: `apps-manager-${slot}`,
    instanceProfile: "apps-manager",
    ...overrides,
  };
}

/** EC2's answer; unless said otherwise, the asker is in it. */
export function answer(found: readonly Instance[], asked: readonly string[] = [], own = true) {
  const all = own ? [slotInstance(0), ...found] : found;
  return seen({ asked: ["i-0", ...asked, ...found.map(({ instanceId }) => instanceId)], found: all, missing: asked });
}

export const SWARM: SwarmObject = {
  clusterId: "c1",
  version: 10,
  addressPools: ["10.255.0.0/16"],
  addressPoolMaskLength: 24,
  dataPathPort: 4789,
  heartbeatSeconds: 5,
  certExpiryHours: 2160,
  taskHistoryLimit: 5,
  autolock: false,
};

export function table(overrides: Partial<RegistryRecords> = {}): RegistryRecords {
  return { slots: [], nodes: [], tombstones: [], ...overrides };
}

/** A dockerd that is in no swarm. */
export const OUTSIDE: DockerView = { status: { state: "inactive", controlAvailable: false } };

/** The dockerd of the leader, node `n0` of slot 0, in cluster `c1`. */
export function leading(nodes: readonly SwarmNode[], overrides: Partial<DockerView> = {}): DockerView {
  return {
    status: { state: "active", nodeId: "n0", controlAvailable: true, clusterId: "c1" },
    self: nodes.find((node) => node.id === "n0"),
    swarm: SWARM,
    nodes,
    ...overrides,
  };
}

/** What the instance of slot 0, which is in no swarm, sees of an unclaimed cluster. */
export function observation(overrides: Partial<Observation> = {}): Observation {
  return {
    now: NOW,
    wallTime: WALL,
    random: 0.5,
    self: { instanceId: "i-0", address: "10.0.0.1", availabilityZone: "eu-west-1a" },
    markers: {},
    hasCertificate: true,
    isDiskLocked: false,
    terminating: false,
    docker: seen(OUTSIDE),
    cluster: seen(clusterRecord()),
    slot: seen(slotRecord(0, { nodeId: undefined })),
    ...overrides,
  };
}

/** What the leader of a ready cluster sees: its own marker is there, its table and EC2's answer as given. */
export function leaderSees(nodes: readonly SwarmNode[], overrides: Partial<Observation> = {}): Observation {
  return observation({
    docker: seen(leading(nodes)),
    cluster: seen(publishedRecord()),
    markers: { member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "n0" } },
    table: seen(table()),
    ...overrides,
  });
}

/** What the leader of three slots sees: the other two run by EC2's word, unless said otherwise. */
export function threeSlots(
  nodes: readonly SwarmNode[],
  slots: readonly SlotRecord[] = THREE,
  instances = answer([slotInstance(1), slotInstance(2)]),
): Observation {
  return leaderSees(nodes, { table: seen(table({ slots })), instances });
}

export const THREE: readonly SlotRecord[] = [slotRecord(0), slotRecord(1), slotRecord(2)];

/** What is decided about whose instances are to be replaced. */
export function replacements(...args: Parameters<typeof decided>): readonly Action[] {
  return decided(...args).filter(({ kind }) => kind === "replace" || kind === "retire-slot");
}

/** A memory of an agent that started long ago, holds its slot and has completed its launch hook. */
export function memory(overrides: Partial<Memory> = {}): Memory {
  const reported = { text: "", at: NOW };
  const launch = { done: true, missed: 0, notBefore: 0 };
  return {
    ...newMemory(NOW - 600_000),
    slotHeld: true,
    unclaimedSince: NOW - 600_000,
    launch,
    reported,
    provenAt: NOW,
    ...overrides,
  };
}

/** What is decided, without the reports that come with everything. */
export function decided(
  given: Observation,
  remembered: Memory = memory(),
  settings: NodeSettings = managerSettings(0),
): readonly Action[] {
  return decide(given, remembered, settings).actions.filter((action) => action.kind !== "report");
}

/** The kinds of what is decided, in order. */
export function kinds(...args: Parameters<typeof decided>): readonly ActionKind[] {
  return decided(...args).map((action) => action.kind);
}

/** What the node says of itself. */
export function said(given: Observation, remembered: Memory = memory(), settings: NodeSettings = managerSettings(0)) {
  return decide(given, remembered, settings).report;
}

/** The summary the leader of these nodes publishes. */
export function summaryOf(nodes: readonly SwarmNode[], records = table()): Omit<ClusterSummary, "updatedAt"> {
  const actions = decided(leaderSees([manager(0), ...nodes], { table: seen(records) }));
  const view = actions.find((action): action is ActionOf<"publish-view"> => action.kind === "publish-view");
  if (view === undefined) throw new Error("no view is published");
  return view.summary;
}
