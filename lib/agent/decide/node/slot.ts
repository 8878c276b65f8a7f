import type { SlotRecord } from "../../../registry/records";
import { livenessOf } from "../situation/liveness";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** A manager takes the slot it was launched for; from an earlier instance only once that one is dead (P6). */
export function takeSlot(situation: Situation): Finding | undefined {
  const { observation, memory, settings } = situation;
  const { slot } = settings;
  if (settings.role !== "manager" || slot === undefined || memory.slotHeld) return undefined;
  if (observation.slot === undefined) return { report: { step: `reading slot ${slot}` } };
  const holder = observation.slot.value;
  if (holder === undefined) {
    const detail = { kind: "take-slot", slot } as const;
    return { actions: [actionFor(detail, `slot ${slot} is free`, observation, observation.slot)] };
  }
  const liveness = livenessOf(situation, holder.instanceId, wroteAt(holder));
  if (liveness !== "dead" && !(liveness === "ending" && isOut(situation, holder))) {
    const why = { alive: "alive", ending: "shutting down", unknown: "not known to be dead" }[liveness];
    return {
      report: {
        step: `waiting for slot ${slot}`,
        error: `slot ${slot} is held by ${holder.instanceId}, which is ${why}`,
      },
    };
  }
  const reason = `${holder.instanceId}, which held slot ${slot}, is dead`;
  const detail = {
    kind: "take-slot",
    slot,
    from: holder.instanceId,
    predecessorNodeId: isBeforeReady(situation) ? undefined : (holder.nodeId ?? holder.predecessorNodeId),
  } as const;
  return {
    report: { step: `taking slot ${slot} over` },
    actions: [actionFor(detail, reason, observation, observation.slot)],
  };
}

/** Whether the leader has taken the holder's node out of the swarm. */
function isOut({ observation, record }: Situation, { nodeId }: SlotRecord): boolean {
  const tombstone = observation.tombstone?.value;
  const isOfHolder = nodeId !== undefined && tombstone?.nodeId === nodeId;
  return isOfHolder && tombstone?.state === "removed" && tombstone.clusterId === record?.clusterId;
}

/** A swarm that never was ready may be given up, and what was its node then proves nothing. */
function isBeforeReady({ record }: Situation): boolean {
  return record?.phase === "initializing" || record?.phase === "forming";
}

/** When a slot's holder was last heard of, in milliseconds since 1970; unreadable times count as now. */
export function wroteAt(record: Pick<SlotRecord, "updatedAt">): number {
  const time = Date.parse(record.updatedAt);
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
