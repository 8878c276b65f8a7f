import type { SlotRecord } from "../../../registry/records";
import type { Situation } from "./situation";

/** A slot that is to have a manager and has no node in the swarm. */
export interface Vacancy {
  readonly slot: number;
  /** The slot's record, if an instance ever took it. */
  readonly holder?: SlotRecord;
}

/** An instance that was launched for a slot and has not taken it. */
export interface Newcomer {
  readonly slot: number;
  readonly instanceId: string;
}

/**
 * Slots that are to have a manager. Running managers keep their settings when slots are added: that there are more is
 * known by their records, and by the groups that Auto Scaling has.
 */
export function wantedSlots({ observation, settings }: Situation): readonly number[] {
  const slots = observation.table?.value.slots ?? [];
  const retired = new Set(slots.filter(({ retire }) => retire === "remove").map(({ slot }) => slot));
  const held = slots.map(({ slot }) => slot).filter((slot) => !retired.has(slot));
  const grouped = (observation.slotGroups?.value ?? []).map(({ group }) => settings.slotGroups?.indexOf(group) ?? -1);
  const highest = Math.max(settings.slots - 1, ...held, ...grouped);
  return [...Array(highest + 1).keys()].filter((slot) => !retired.has(slot));
}

/** The slots whose records name no node of the swarm; none while the records or the nodes are not known. */
export function vacancies(situation: Situation): readonly Vacancy[] {
  const { observation, docker } = situation;
  const slots = observation.table?.value.slots;
  if (slots === undefined || docker?.nodes === undefined) return [];
  const nodeIds = new Set(docker.nodes.map(({ id }) => id));
  return wantedSlots(situation)
    .map((slot) => ({ slot, holder: slots.find((each) => each.slot === slot) }))
    .filter(({ holder }) => holder?.nodeId === undefined || !nodeIds.has(holder.nodeId));
}

/** Who sits in the groups of vacant slots beside their holders, by Auto Scaling's word: it may never have said one. */
export function newcomers(situation: Situation): readonly Newcomer[] {
  const { observation, settings } = situation;
  return vacancies(situation).flatMap(({ slot, holder }) => {
    const name = settings.slotGroups?.[slot];
    const group = observation.slotGroups?.value.find((each) => each.group === name);
    const others = (group?.instanceIds ?? []).filter((instanceId) => instanceId !== holder?.instanceId);
    return others.map((instanceId) => ({ slot, instanceId }));
  });
}
