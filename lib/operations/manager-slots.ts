import type { ClusterRecord, MemberSummary, SlotRecord } from "../registry/records";
import type { NodeRecords } from "./registry-reader";

/** A manager slot as all that was read shows it. */
export interface ManagerSlot {
  readonly slot: number;
  /** Its record, once an instance has taken it. */
  readonly record?: SlotRecord;
  /** Its nodes in the swarm, as the leader lists them; while an instance is replaced there can be two. */
  readonly members: readonly MemberSummary[];
  /** When its instance was last heard of, in milliseconds since 1970. */
  readonly heardAt?: number;
}

/** The manager slots of a cluster, in their order: those somebody has taken, and those that have a node. */
export function managerSlots(cluster: ClusterRecord | undefined, records: NodeRecords): readonly ManagerSlot[] {
  const members = cluster?.summary?.members ?? [];
  const numbers = new Set([...records.slots, ...members].flatMap(({ slot }) => slot ?? []));
  return [...numbers]
    .sort((one, other) => one - other)
    .map((slot) => {
      const record = records.slots.find((each) => each.slot === slot);
      return {
        slot,
        record,
        members: members.filter((member) => member.slot === slot),
        heardAt: record === undefined ? undefined : heardAt(record.instanceId, records),
      };
    });
}

/** When an instance last reported, in its own record or in its slot's. */
export function heardAt(instanceId: string, { nodes, slots }: NodeRecords): number | undefined {
  const times = [...nodes, ...slots]
    .filter((record) => record.instanceId === instanceId)
    .map((record) => Date.parse(record.updatedAt))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether a slot's instance was taken out of the swarm on request and stays out (P11). */
export function isRetired({ record, members }: ManagerSlot): boolean {
  return record?.retire === "remove" && members.length === 0;
}

/** What a manager slot is called. */
export function managerName(slot: number): string {
  return `manager-${slot}`;
}

/** `manager-0`, `manager-0 and manager-1`, `manager-0, manager-1 and manager-2`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
