import { majority } from "../../../registry/quorum";
import type { SlotRecord } from "../../../registry/records";
import type { Memory } from "../../memory";
import type { Fact } from "../../model";
import { wroteAt } from "../node/slot";
import type { LeaderSituation } from "../situation/leader";
import { livenessOf } from "../situation/liveness";
import { managerOf, quorumOf } from "../situation/quorum";
import { entryOf, type RosterEntry } from "../situation/roster";
import { actionFor, type Finding } from "../situation/situation";
import { wantedSlots } from "../situation/vacancies";

/** For how long status checks must fail before an instance is replaced. */
const IMPAIRED_FOR = 300_000;
/** For how long a manager must be down, on an instance that runs, before that is replaced. */
const DOWN_FOR = 600_000;

/**
 * The leader of a ready swarm retires living managers that are of no use, so that others take their place (P19): one at a
 * time, if all other managers are well.
 */
export function retireUnwell(situation: LeaderSituation): Finding | undefined {
  const { observation, membership, nodes, record, roster, slots } = situation;
  if (record.phase !== "ready") return undefined;
  const unwell = slots.flatMap((slot) => {
    const trouble = troubleOf(situation, slot);
    return trouble === undefined || slot.retire !== undefined ? [] : [{ slot, ...trouble }];
  });
  // One that is no member costs no majority, and what it was promoted for waits for it.
  const first = unwell.find(({ slot }) => entryOf(roster, slot)?.node.manager === undefined) ?? unwell[0];
  if (first === undefined) return undefined;
  const others = wantedSlots(situation).filter((slot) => slot !== first.slot.slot);
  const isBusy = (slot: number) => slots.some((each) => each.slot === slot && isUnderWay(each, first.slot, roster));
  const well = others.filter((slot) => isWell(situation, slot) && !isBusy(slot));
  const { members } = quorumOf(nodes);
  const isMember = entryOf(roster, first.slot)?.node.manager !== undefined;
  if (isMember && (well.length < others.length || well.length < majority(members))) {
    const standing = `${well.length} of the ${others.length} other managers are well`;
    return { reasons: unwell.map(({ slot, why }) => `slot ${slot.slot} is not replaced though ${why}: ${standing}`) };
  }
  const { slot, instanceId } = first.slot;
  const detail = { kind: "retire-slot", slot, instanceId, why: first.why, ...membership } as const;
  const action = actionFor(detail, first.why, observation, observation.docker, observation.table, first.fact);
  return { actions: [action], reasons: [`slot ${slot} is replaced: ${first.why}`] };
}

/** Why a living instance has to go, if it has, and by which fact. */
function troubleOf(
  situation: LeaderSituation,
  slot: SlotRecord,
): { readonly why: string; readonly fact: Fact<unknown> | undefined } | undefined {
  const { memory, observation, roster } = situation;
  const { now } = observation;
  const { instanceId } = slot;
  const impaired = memory.impairedSince[instanceId];
  const entry = entryOf(roster, slot);
  const liveness = livenessOf(situation, instanceId, wroteAt(slot));
  // Of one that is gone by now nobody says that its checks pass again.
  const isThere = liveness === "alive" || (liveness === "unknown" && entry !== undefined);
  if (impaired !== undefined && now - impaired >= IMPAIRED_FOR && isThere) {
    const why = `${instanceId} has failed its status checks for ${minutes(now - impaired)} min`;
    return { why, fact: observation.statusChecks };
  }
  const away = awaySince(memory, instanceId, entry);
  if (away === undefined || now - away < DOWN_FOR) return undefined;
  if (liveness !== "alive") return undefined;
  const what = entry === undefined ? "has not been a swarm node" : "its node has been down";
  return { why: `${instanceId} is running, but ${what} for ${minutes(now - away)} min`, fact: observation.instances };
}

/** Since when an instance has no node that is up; one that joined and never connected was never seen to go down. */
function awaySince({ downSince, namelessSince, vacantSince }: Memory, instanceId: string, entry?: RosterEntry) {
  if (entry === undefined) return vacantSince[instanceId];
  return downSince[entry.node.id] ?? namelessSince[entry.node.id];
}

/** Whether a slot is being retired already; while another one is away it waits, so that it can still be counted on. */
function isUnderWay({ retire }: SlotRecord, unwell: SlotRecord, roster: readonly RosterEntry[]): boolean {
  return retire !== undefined && entryOf(roster, unwell)?.node.manager?.reachability === "reachable";
}

/** A manager that can be counted on while another one is away. */
function isWell(situation: LeaderSituation, slot: number): boolean {
  const manager = managerOf(situation, slot);
  if (manager === undefined) return false;
  return manager.instanceId === undefined || situation.memory.impairedSince[manager.instanceId] === undefined;
}

/** Whole minutes, so that the words stay the same for as long as that. */
function minutes(milliseconds: number): number {
  return Math.floor(milliseconds / 60_000);
}
