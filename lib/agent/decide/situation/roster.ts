import { RESERVED_LABELS } from "../../../limits/constants";
import type { NodeSettings } from "../../../registry/node-settings";
import type { ManagerAddress, OwnedNodeRecord, RegistryRecords, SlotRecord } from "../../../registry/records";
import type { SwarmNode } from "../../ports";

/** A node of the swarm with what the registry knows of its instance. */
export interface RosterEntry {
  readonly node: SwarmNode;
  readonly instanceId?: string;
  /** Of a node that is Down and that no record names: the only instance that ever reported from its address. */
  readonly formerInstanceId?: string;
  readonly slot?: number;
  readonly pool?: string;
  readonly availabilityZone?: string;
  readonly drainRequested: boolean;
  /** Labels the node asks for, without those of its place. */
  readonly labels: Readonly<Record<string, string>>;
  /** The record of the slot the node's instance holds. */
  readonly slotRecord?: SlotRecord;
  /** Whether the node is to leave the swarm for good, because its slot's instance is retired. */
  readonly retiring: boolean;
  /** Whether a slot's record names it as the node of the instance before: a slot is taken only from the dead (P6). */
  readonly isPredecessor: boolean;
}

/** The node of a slot's instance, by what the slot's record says, or what the instance's own does. */
export function entryOf(roster: readonly RosterEntry[], { slot, instanceId }: SlotRecord): RosterEntry | undefined {
  return (
    roster.find(({ slotRecord }) => slotRecord?.slot === slot) ??
    roster.find((entry) => entry.instanceId === instanceId)
  );
}

/** The swarm, each node with its records; what two records claim belongs to none. */
export function rosterOf(
  nodes: readonly SwarmNode[],
  table: RegistryRecords | undefined,
  settings: NodeSettings,
): readonly RosterEntry[] {
  const records = byNodeId(table?.nodes ?? []);
  const slots = table?.slots ?? [];
  const ids = new Set(nodes.map(({ id }) => id));
  // One that died before it could say so, or whose record was restored; no two living instances have one address.
  const silent = slots.filter(({ nodeId }) => nodeId === undefined || !ids.has(nodeId));
  return nodes.map((node) => {
    const named = slots.find((slot) => slot.nodeId === node.id);
    const atItsAddress = records.has(node.id) ? undefined : silent.find(({ address }) => address === node.address);
    const slotRecord = named ?? atItsAddress;
    const claims = (records.get(node.id) ?? []).filter((record) => record.address === node.address);
    const record = claims.length === 1 ? claims[0] : undefined;
    const isManagers = record !== undefined && record.roleUniqueId === settings.roleUniqueId;
    const slot = slotOf(node) ?? slotRecord?.slot ?? (isManagers ? record.slot : undefined);
    return {
      node,
      instanceId: slotRecord?.instanceId ?? record?.instanceId,
      formerInstanceId: (slotRecord ?? records.get(node.id)) ? undefined : formerInstance(node, table?.nodes ?? []),
      slot,
      pool: slot === undefined ? (node.labels["pool"] ?? record?.pool) : undefined,
      availabilityZone: node.labels["az"] ?? record?.availabilityZone,
      drainRequested: record?.drainRequested === true,
      labels: wantedLabels(record),
      slotRecord,
      retiring: slotRecord?.retire !== undefined,
      isPredecessor: slots.some(({ predecessorNodeId }) => predecessorNodeId === node.id),
    };
  });
}

/**
 * The instance a node was of that lost its swarm state, or ended before it could name its node: the only one that ever
 * reported from the node's address. Nobody joins before he has reported (P8). Where a registry was restored, whoever has the
 * address by now may not have reported again: so of a node that was promoted, the report must be later than the node.
 */
function formerInstance(node: SwarmNode, records: readonly OwnedNodeRecord[]): string | undefined {
  if (node.state !== "down" || node.hostname === "") return undefined;
  const [first, ...others] = records.filter(({ address }) => address === node.address);
  if (first === undefined || others.length > 0) return undefined;
  const wasPromoted = node.role === "manager" || slotOf(node) !== undefined;
  return !wasPromoted || Date.parse(first.updatedAt) > node.createdAt ? first.instanceId : undefined;
}

function byNodeId(records: readonly OwnedNodeRecord[]): ReadonlyMap<string, readonly OwnedNodeRecord[]> {
  const groups = new Map<string, OwnedNodeRecord[]>();
  for (const record of records) {
    if (record.nodeId === undefined) continue;
    const group = groups.get(record.nodeId);
    if (group === undefined) groups.set(record.nodeId, [record]);
    else group.push(record);
  }
  return groups;
}

/** The slot a node was promoted for, as its label says. */
export function slotOf(node: SwarmNode): number | undefined {
  const label = node.labels["slot"];
  return label !== undefined && /^\d$/.test(label) ? Number(label) : undefined;
}

function wantedLabels(record: OwnedNodeRecord | undefined): Readonly<Record<string, string>> {
  const labels = Object.entries(record?.labels ?? {}).filter(([name]) => !RESERVED_LABELS.includes(name));
  return Object.fromEntries(labels);
}

/** Addresses by which nodes can join: those of the members of Raft that hold a slot. */
export function managersOf(roster: readonly RosterEntry[]): readonly ManagerAddress[] {
  return roster
    .filter(({ node }) => node.manager !== undefined)
    .flatMap((entry) => addressOf(entry) ?? [])
    .sort((one, other) => one.slot - other.slot || (one.nodeId < other.nodeId ? -1 : 1));
}

/** The address of a slot's node; no other is one to join by. */
export function addressOf({ node, slot }: RosterEntry): ManagerAddress | undefined {
  return slot === undefined ? undefined : { slot, address: node.address, nodeId: node.id };
}
