import type { SlotRecord } from "../../../registry/records";
import { wroteAt } from "../node/slot";
import type { LeaderSituation } from "../situation/leader";
import { type Liveness, livenessOf } from "../situation/liveness";
import { entryOf } from "../situation/roster";
import { actionFor, type Finding } from "../situation/situation";
import { type Newcomer, newcomers } from "../situation/vacancies";
import { isDead } from "./remove";
import { wasAsked } from "./retire";

/**
 * The leader has dead instances of slots replaced, which Auto Scaling does not do by itself (P19): the holders, and those
 * that died before they took their slot. A successor boots while its predecessor's node is taken out of the swarm.
 */
export function replaceDead(situation: LeaderSituation): Finding | undefined {
  const { membership, observation, slots } = situation;
  const holder = slots.find((slot) => isGone(situation, slot) && !wasAsked(situation, slot));
  const dead = holder ?? newcomers(situation).find((newcomer) => isLost(situation, newcomer));
  if (dead === undefined) return undefined;
  const { slot, instanceId } = dead;
  const reason = `instance ${instanceId} of slot ${slot} is dead`;
  const detail = { kind: "replace", slot, instanceId, isHolder: dead === holder, ...membership } as const;
  // Not by when EC2 or Auto Scaling said so: the dead stay dead.
  return {
    actions: [actionFor(detail, reason, observation, observation.docker, observation.table)],
    reasons: [reason],
  };
}

/**
 * Whether a slot's holder never comes back. One whose node is in the swarm still goes at once only if the slot's record
 * names that node: by it, and in a swarm that is ready, the successor's record will. A slot that is to stay empty stays so.
 */
function isGone(situation: LeaderSituation, slot: SlotRecord): boolean {
  if (slot.retire === "remove") return false;
  const entry = entryOf(situation.roster, slot);
  if (entry === undefined) return hasEnded(livenessOf(situation, slot.instanceId, wroteAt(slot)));
  return situation.record.phase === "ready" && entry.node.id === slot.nodeId && isDead(situation, entry);
}

/** Nothing waits for one that shuts down and is no node: it never runs again. */
function hasEnded(liveness: Liveness): boolean {
  return liveness === "dead" || liveness === "ending";
}

/** No clock but this node's own says since when a newcomer has been known: it has no record that names the time. */
function isLost(situation: LeaderSituation, newcomer: Newcomer): boolean {
  const { observation, memory } = situation;
  const knownFor = observation.now - (memory.listedSince[newcomer.instanceId] ?? observation.now);
  const liveness = livenessOf(situation, newcomer.instanceId, observation.wallTime - knownFor);
  return hasEnded(liveness) && !wasAsked(situation, newcomer);
}
