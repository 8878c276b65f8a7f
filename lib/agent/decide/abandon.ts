import type { ClusterRecord, ManagerAddress } from "../../registry/records";
import { livenessOf } from "./liveness";
import { majority } from "./roster";
import { act, type Finding, type Situation } from "./situation";
import { wroteAt } from "./slot";

/** For how long a forming cluster must not have been written before anyone asks whether its members are dead. */
export const STANDSTILL = 60_000;

/**
 * A cluster that can have no majority any more before it was ready is founded anew (P5). Whoever still leads it
 * writes the record, so one that stands still has no leader; and only instances that are definitely dead count.
 */
export function abandonForming(situation: Situation): Finding | undefined {
  const { settings, record, memory, observation, docker } = situation;
  if (settings.role !== "manager" || !memory.slotHeld || record?.phase !== "forming") return undefined;
  if (record.clusterId === undefined || docker?.status.controlAvailable === true) return undefined;
  if (!isStandingStill(situation)) return undefined;
  const members = record.managers.length;
  const dead = record.managers.filter((manager) => isDead(situation, record, manager));
  // Of two, the one that is left is no majority either.
  if (members - dead.length >= majority(members) || anyOtherManager(situation, record)) return undefined;
  const { epoch, clusterId, writeId } = record;
  const reason = `${dead.length} of ${members} members died before the cluster was ready`;
  const detail = { kind: "abandon", epoch, clusterId, writeId, dead: namedBySlots(situation, dead) } as const;
  return {
    report: { state: "claiming", step: "founding the cluster anew", error: reason },
    actions: [act(detail, reason, observation, observation.cluster, observation.table)],
  };
}

/** The dead whose slots still name their nodes. */
function namedBySlots({ observation }: Situation, dead: readonly ManagerAddress[]) {
  const slots = observation.table?.value.slots ?? [];
  return dead
    .filter(({ slot, nodeId }) => slots.some((record) => record.slot === slot && record.nodeId === nodeId))
    .map(({ slot, nodeId }) => ({ slot, nodeId }));
}

/** Whether the record of a forming cluster has not been written for a minute of this node's own clock. */
export function isStandingStill({ memory, record, observation }: Situation): boolean {
  const { standstill } = memory;
  return (
    record?.phase === "forming" &&
    standstill?.writeId === record.writeId &&
    (observation.cluster?.at ?? standstill.since) - standstill.since >= STANDSTILL
  );
}

/** A member whose slot has another holder by now is dead: nobody takes a slot from the living. */
function isDead(situation: Situation, record: ClusterRecord, manager: ManagerAddress): boolean {
  const holder = situation.observation.table?.value.slots.find((slot) => slot.slot === manager.slot);
  if (holder === undefined) return false;
  const isMember =
    holder.nodeId === manager.nodeId || (holder.nodeId === undefined && holder.instanceId === record.owner);
  return !isMember || livenessOf(situation, holder.instanceId, wroteAt(holder)) === "dead";
}

/**
 * Whether a node that is not in the record's list is a manager by its own word, or may be one that cannot say so, because
 * its instance is stopped: the list may be behind.
 */
function anyOtherManager(situation: Situation, record: ClusterRecord): boolean {
  const known = new Set(record.managers.map((manager) => manager.nodeId));
  const slots = situation.observation.table?.value.slots ?? [];
  return slots.some((slot) => {
    if (slot.nodeId === undefined || known.has(slot.nodeId)) return false;
    const liveness = livenessOf(situation, slot.instanceId, wroteAt(slot));
    return liveness === "unknown" || (liveness === "alive" && slot.state === "ready");
  });
}
