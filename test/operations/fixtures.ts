import type { ClusterTarget } from "../../lib/operator-commands";
import type { ClusterRecord, MemberSummary, NodeRecord, SlotRecord } from "../../lib/registry/records";

const written = { schema: 1, minWriter: 1, writeId: "w" } as const;
/** The cluster apps, of the environment dev. */
export const APPS: ClusterTarget = { environment: "dev", cluster: "apps", region: "us-east-1" };

export const WRITTEN_AT = "2026-11-21T10:00:00.000Z";

/** A Ready and reachable manager of a slot; slot 0 leads. */
export function manager(slot: number, change: Partial<MemberSummary> = {}): MemberSummary {
  return {
    nodeId: `node-m${slot}`,
    instanceId: `i-m${slot}`,
    role: "manager",
    slot,
    availabilityZone: `us-east-1${"abc"[slot % 3]}`,
    address: `10.20.${slot}.10`,
    state: "ready",
    availability: "active",
    leader: slot === 0,
    reachability: "reachable",
    ...change,
  };
}

/** A Ready worker. */
export function worker(pool: string, number: number, change: Partial<MemberSummary> = {}): MemberSummary {
  return {
    nodeId: `node-${pool}${number}`,
    instanceId: `i-${pool}${number}`,
    role: "worker",
    pool,
    availabilityZone: "us-east-1a",
    address: `10.20.9.${number}`,
    state: "ready",
    availability: "active",
    ...change,
  };
}

/** A ready cluster of these members. */
export function cluster(members: readonly MemberSummary[], change: Partial<ClusterRecord> = {}): ClusterRecord {
  return {
    ...written,
    nonce: "n",
    phase: "ready",
    epoch: 1,
    renewal: 0,
    generation: 0,
    managers: [],
    abandoned: [],
    summary: { members, faults: [], updatedAt: WRITTEN_AT },
    ...change,
  };
}

/** The record of a slot whose instance is at work joining. */
export function slotRecord(slot: number, change: Partial<SlotRecord> = {}): SlotRecord {
  return {
    ...written,
    slot,
    instanceId: `i-m${slot}`,
    address: `10.20.${slot}.10`,
    state: "joining",
    step: "waiting for the worker token",
    updatedAt: WRITTEN_AT,
    ...change,
  };
}

/** What a worker's instance says of itself. */
export function nodeRecord(pool: string, number: number, change: Partial<NodeRecord> = {}): NodeRecord {
  return {
    ...written,
    instanceId: `i-${pool}${number}`,
    role: "worker",
    pool,
    availabilityZone: "us-east-1a",
    address: `10.20.9.${number}`,
    state: "ready",
    step: "",
    nodeId: `node-${pool}${number}`,
    agentVersion: "0.1.0",
    updatedAt: WRITTEN_AT,
    ...change,
  };
}

/** What a manager's instance says of itself. */
export function managerRecord(slot: number, change: Partial<NodeRecord> = {}): NodeRecord {
  return nodeRecord("", slot, {
    instanceId: `i-m${slot}`,
    role: "manager",
    pool: undefined,
    slot,
    address: `10.20.${slot}.10`,
    step: slot === 0 ? "leader of the swarm" : "manager of the swarm",
    nodeId: `node-m${slot}`,
    ...change,
  });
}

/** What is wrong, in words alone. */
export function texts({ faults }: { readonly faults: readonly { readonly text: string }[] }): readonly string[] {
  return faults.map(({ text }) => text);
}
