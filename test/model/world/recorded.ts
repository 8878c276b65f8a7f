import { recordKey, type SlotRecord } from "../../../lib/registry/records";
import type { Swarm } from "./swarm";
import type { World } from "./world";

/** What the registry says of a slot. */
export function slotRecord({ table }: World, slot: number): SlotRecord | undefined {
  return table.items.get(recordKey.slot(slot)) as SlotRecord | undefined;
}

/** The swarm the record names. */
export function recordedSwarm({ swarms, table }: World): Swarm | undefined {
  const { clusterId, generation } = table.cluster ?? {};
  return swarms.find((swarm) => swarm.id === clusterId && swarm.generation === generation);
}
