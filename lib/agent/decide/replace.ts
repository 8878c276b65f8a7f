import type { SlotRecord } from "../../registry/records";
import { livenessOf } from "./liveness";
import { wasAsked } from "./retire";
import { entryOf, type RosterEntry, rosterOf } from "./roster";
import { act, type Finding, type Situation } from "./situation";
import { wroteAt } from "./slot";
import { type Newcomer, newcomers } from "./vacancies";

/**
 * The leader has dead instances of slots replaced, which Auto Scaling does not do by itself (P19): the holders as soon as
 * their nodes are out of the swarm, and those that died before they took their slot.
 */
export function replaceDead(situation: Situation): Finding | undefined {
  const { leads, membership, docker, observation } = situation;
  if (!leads || membership === undefined || docker?.nodes === undefined) return undefined;
  const roster = rosterOf(situation);
  const slots = observation.table?.value.slots ?? [];
  const holder = slots.find((slot) => isGone(situation, slot, roster) && !wasAsked(situation, slot));
  const dead = holder ?? newcomers(situation).find((newcomer) => isDead(situation, newcomer));
  if (dead === undefined) return undefined;
  const { slot, instanceId } = dead;
  const reason = `instance ${instanceId} of slot ${slot} is dead`;
  const detail = { kind: "replace", slot, instanceId, isHolder: dead === holder, ...membership } as const;
  // Not by when EC2 or Auto Scaling said so: the dead stay dead.
  return { actions: [act(detail, reason, observation, observation.docker, observation.table)], reasons: [reason] };
}

/** Dead, and no member of the swarm any more. A slot that is to stay empty stays so. */
function isGone(situation: Situation, slot: SlotRecord, roster: readonly RosterEntry[]): boolean {
  if (slot.retire === "remove") return false;
  return entryOf(roster, slot) === undefined && livenessOf(situation, slot.instanceId, wroteAt(slot)) === "dead";
}

/** No clock but this node's own says since when a newcomer has been known: it has no record that names the time. */
function isDead(situation: Situation, newcomer: Newcomer): boolean {
  const { observation, memory } = situation;
  const knownFor = observation.now - (memory.listedSince[newcomer.instanceId] ?? observation.now);
  const liveness = livenessOf(situation, newcomer.instanceId, observation.wallTime - knownFor);
  return liveness === "dead" && !wasAsked(situation, newcomer);
}
