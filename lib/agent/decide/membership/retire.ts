import type { SlotRecord } from "../../../registry/records";
import type { Action, SlotHolder } from "../../model";
import type { SwarmNode } from "../../ports";
import type { LeaderSituation } from "../situation/leader";
import { isReachableManager, managerOf } from "../situation/quorum";
import { entryOf, type RosterEntry } from "../situation/roster";
import { actionFor, type Finding, type Situation } from "../situation/situation";
import { wantedSlots } from "../situation/vacancies";
import { demoteManager, isBuried } from "./remove";

/** For how long a node takes no tasks before it is taken out: twice what Docker gives a task to stop by default. */
export const DRAIN_TIME = 20_000;

/**
 * The leader takes the instance of a retired slot out of the swarm while it lives: drain, demote, remove; then, where
 * another one is wanted, has it replaced (P11). One slot at a time.
 */
export function retire(situation: LeaderSituation): Finding | undefined {
  const slots = situation.slots.filter((slot) => slot.retire !== undefined);
  const nodeOf = (slot: SlotRecord) => entryOf(situation.roster, slot);
  const out = slots.find(
    (slot) => slot.retire === "replace" && nodeOf(slot) === undefined && !wasAsked(situation, slot),
  );
  // What is out already is in nobody's way, and its successor may be what the next one waits for.
  if (out !== undefined) return replaceRetired(situation, out);
  // One that is on its way goes on before another one begins, but for those that are down: the majority needs the living.
  const leaving = slots.flatMap((slot) => {
    const entry = nodeOf(slot);
    return entry === undefined ? [] : [{ slot, entry }];
  });
  const having = (fits: (node: SwarmNode) => boolean) => leaving.find(({ entry: { node } }) => fits(node));
  const next =
    having(({ role }) => role === "worker") ??
    // What is on its way into Raft, and will not come, stands in the way of every other change.
    having(({ state, manager }) => state === "down" && manager === undefined) ??
    having(({ state }) => state === "down") ??
    having(({ availability }) => availability === "drain") ??
    leaving[0];
  return next === undefined ? undefined : takeOut(situation, next.entry, next.slot);
}

function takeOut(situation: LeaderSituation, entry: RosterEntry, slot: SlotRecord): Finding {
  const { observation, memory, membership } = situation;
  const { node } = entry;
  const retiring: SlotHolder = { slot: slot.slot, instanceId: slot.instanceId };
  const fields = { nodeId: node.id, retiring, ...membership };
  const reason = reasonOf(slot);
  const facts = [observation.docker, observation.table] as const;
  const once = (action: Action): Finding => ({ actions: [action], reasons: [reason] });
  const away = slot.retire === "replace" && isReachableManager(entry) ? slotsAway(situation, slot) : [];
  if (away.length > 0) return { reasons: [`${reason}; waiting for slot ${away.join(", ")} to be filled`] };
  // A new leader has heard of nobody yet; of one that never connected nobody ever will.
  if (node.state === "unknown" && node.hostname !== "")
    return { reasons: [`${reason}; waiting for ${node.id} to report`] };
  if (node.state === "ready" && node.availability !== "drain") {
    return once(actionFor({ kind: "drain", version: node.version, ...fields }, reason, observation, ...facts));
  }
  const drained = memory.drainedSince[node.id];
  // One that is demoted was drained long enough: a leader that demotes itself ends before it can say so.
  const isManager = node.role === "manager";
  if (isManager && node.state === "ready" && (drained === undefined || observation.now - drained < DRAIN_TIME)) {
    return { reasons: [`${reason}; its tasks move`] };
  }
  if (node.manager !== undefined && isManager) {
    const finding = demoteManager(situation, entry, reason, retiring);
    return { ...finding, reasons: [reason, ...(finding.reasons ?? [])] };
  }
  if (node.manager !== undefined) return { reasons: [`${reason}; waiting for ${node.id} to leave Raft`] };
  if (!isBuried(situation, entry)) return once(actionFor({ kind: "bury", ...fields }, reason, observation, ...facts));
  return once(actionFor({ kind: "remove", version: node.version, ...fields }, reason, observation, ...facts));
}

/** Other slots that have no manager that answers: a second one is not replaced while the first is out. */
function slotsAway(situation: LeaderSituation, { slot }: SlotRecord): readonly number[] {
  return wantedSlots(situation).filter((other) => other !== slot && managerOf(situation, other) === undefined);
}

/** Its node is gone from the swarm; the successor takes the request away with the slot. */
function replaceRetired({ observation, membership }: LeaderSituation, record: SlotRecord): Finding {
  const { slot, instanceId } = record;
  const reason = reasonOf(record);
  const detail = { kind: "replace", slot, instanceId, isHolder: true, ...membership } as const;
  return {
    actions: [actionFor(detail, reason, observation, observation.docker, observation.table)],
    reasons: [reason],
  };
}

function reasonOf({ slot, retireReason }: SlotRecord): string {
  return `slot ${slot} is retired: ${retireReason ?? "an operator asked for it"}`;
}

/** Time for Auto Scaling to launch the next instance before it is asked again. */
const REPLACE_INTERVAL = 60_000;

/** Whether Auto Scaling was asked to replace the slot's instance within the last minute. */
export function wasAsked({ memory, observation }: Situation, { instanceId }: Pick<SlotRecord, "instanceId">): boolean {
  const at = memory.replacedAt[instanceId];
  return at !== undefined && observation.now - at < REPLACE_INTERVAL;
}
