import { type ClusterRecord, type NodeRecord, PARTITION_KEY, type SlotRecord, type TombstoneRecord } from "./records";

/** Each field of a record: one that is added to its type does not compile until it is here. */
type Fields<T> = Readonly<Record<keyof T, true>>;

const BASE = { schema: true, minWriter: true, writeId: true } as const;

const CLUSTER: Fields<ClusterRecord> = {
  ...BASE,
  nonce: true,
  phase: true,
  owner: true,
  epoch: true,
  renewal: true,
  clusterId: true,
  generation: true,
  managers: true,
  promoting: true,
  tokenIndex: true,
  abandoned: true,
  summary: true,
  lead: true,
  recovery: true,
};

const SLOT: Fields<SlotRecord> = {
  ...BASE,
  slot: true,
  instanceId: true,
  address: true,
  nodeId: true,
  state: true,
  step: true,
  error: true,
  updatedAt: true,
  retire: true,
  retireReason: true,
  predecessorNodeId: true,
};

const NODE: Fields<NodeRecord> = {
  ...BASE,
  instanceId: true,
  role: true,
  slot: true,
  pool: true,
  availabilityZone: true,
  address: true,
  state: true,
  step: true,
  error: true,
  nodeId: true,
  agentVersion: true,
  labels: true,
  drainRequested: true,
  updatedAt: true,
};

const TOMBSTONE: Fields<TombstoneRecord> = { ...BASE, nodeId: true, clusterId: true, state: true, updatedAt: true };

/**
 * What a scan asks for: the fields of all records but the join token's. They are asked for by name, so that a token stays
 * where it is.
 */
export const SCANNED_ATTRIBUTES: readonly string[] = [
  ...new Set([PARTITION_KEY, ...[CLUSTER, SLOT, NODE, TOMBSTONE].flatMap((fields) => Object.keys(fields))]),
];
