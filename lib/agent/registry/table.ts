import {
  type ClusterRecord,
  type NodeRecord,
  PARTITION_KEY,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
} from "../../registry/records";
import type { OwnedNodeRecord, RegistryTable } from "../ports";

/** Attributes a scan asks for: every one but the token, which thus stays where it is. */
export const SCANNED_ATTRIBUTES = [
  PARTITION_KEY,
  "abandoned",
  "address",
  "agentVersion",
  "availabilityZone",
  "clusterId",
  "drainRequested",
  "epoch",
  "error",
  "generation",
  "instanceId",
  "labels",
  "lead",
  "managers",
  "minWriter",
  "nodeId",
  "nonce",
  "owner",
  "phase",
  "pool",
  "predecessorNodeId",
  "promoting",
  "recovery",
  "renewal",
  "retire",
  "retireReason",
  "role",
  "schema",
  "slot",
  "state",
  "step",
  "summary",
  "tokenIndex",
  "updatedAt",
  "writeId",
] as const;

/** First parts of the keys. */
const PREFIX = { node: "node#", slot: "slot#", removing: "removing#" } as const;

/** Sorts the items of a scan by what their keys say they are. */
export function tableOf(items: readonly Readonly<Record<string, unknown>>[]): RegistryTable {
  const keyOf = (item: Readonly<Record<string, unknown>>) => String(item[PARTITION_KEY]);
  const having = (prefix: string) => items.filter((item) => keyOf(item).startsWith(prefix));
  const cluster = items.find((item) => keyOf(item) === recordKey.cluster);
  return {
    cluster: cluster as unknown as ClusterRecord | undefined,
    slots: having(PREFIX.slot) as unknown as readonly SlotRecord[],
    nodes: having(PREFIX.node).map((item) => ownerOf(item as unknown as NodeRecord, keyOf(item))),
    tombstones: having(PREFIX.removing) as unknown as readonly TombstoneRecord[],
  };
}

/** What a policy lets only its owner write is the key: role and instance are taken from there. */
function ownerOf(record: NodeRecord, key: string): OwnedNodeRecord {
  const [roleUniqueId = "", instanceId = ""] = key.slice(PREFIX.node.length).split(":");
  return { ...record, roleUniqueId, instanceId };
}
