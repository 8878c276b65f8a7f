import type { SlotRecord } from "../../registry/records";
import { livenessOf } from "./liveness";
import { wasAsked } from "./retire";
import { entryOf, type RosterEntry, rosterOf } from "./roster";
import { act, type Finding, type Situation } from "./situation";
import { wroteAt } from "./slot";

/**
 * The leader has dead instances of slots replaced, which Auto Scaling does not do by itself (P19): the holders as soon as
 * their nodes are out of the swarm, and those that died before they took their slot.
 */
export function replaceDead(situation: Situation): Finding | undefined {
  const { leads, membership, docker, observation } = situation;
  if (!leads || membership === undefined || docker?.nodes === undefined) return undefined;
  const slots = observation.table?.value.slots ?? [];
  const roster = rosterOf(situation);
  const holder = slots.find((slot) => isGone(situation, slot, roster) && !wasAsked(situation, slot));
  const dead = holder ?? vacantSlots(situation).find((newcomer) => isDeadNewcomer(situation, newcomer));
  if (dead === undefined) return undefined;
  const { slot, instanceId } = dead;
  const reason = `instance ${instanceId} of slot ${slot} is dead`;
  const detail = { kind: "replace", slot, instanceId, isHolder: dead === holder, ...membership } as const;
  // Not by when EC2 said so: the dead stay dead.
  return { actions: [act(detail, reason, observation, observation.docker, observation.table)], reasons: [reason] };
}

/** Dead, and no member of the swarm any more. A slot that is to stay empty stays so. */
function isGone(situation: Situation, slot: SlotRecord, roster: readonly RosterEntry[]): boolean {
  if (slot.retire === "remove") return false;
  return entryOf(roster, slot) === undefined && livenessOf(situation, slot.instanceId, wroteAt(slot)) === "dead";
}

/** An instance that was launched for a slot and has not taken it. */
interface Newcomer {
  readonly slot: number;
  readonly instanceId: string;
  readonly updatedAt: string;
}

/**
 * The instances launched last for slots whose holders are no nodes of the swarm, as far as they reported: one that dies
 * before it takes its slot is named by no slot's record.
 */
export function vacantSlots({ observation, docker, settings }: Situation): readonly Newcomer[] {
  const { slots = [], nodes: records = [] } = observation.table?.value ?? {};
  const newcomers = new Map<number, Newcomer>();
  for (const { slot, instanceId, updatedAt, roleUniqueId } of records) {
    const holder = slots.find((each) => each.slot === slot);
    if (slot === undefined || roleUniqueId !== settings.roleUniqueId || holder?.retire === "remove") continue;
    if (docker?.nodes?.some(({ id }) => id === holder?.nodeId) === true || holder?.instanceId === instanceId) continue;
    const latest = newcomers.get(slot)?.updatedAt ?? holder?.updatedAt ?? "";
    if (updatedAt > latest) newcomers.set(slot, { slot, instanceId, updatedAt });
  }
  return [...newcomers.values()];
}

function isDeadNewcomer(situation: Situation, newcomer: Newcomer): boolean {
  return livenessOf(situation, newcomer.instanceId, wroteAt(newcomer)) === "dead" && !wasAsked(situation, newcomer);
}
