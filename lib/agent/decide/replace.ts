import type { SlotRecord } from "../../registry/records";
import type { Memory } from "../memory";
import type { Fact } from "../model";
import { livenessOf } from "./liveness";
import { wasAsked } from "./retire";
import { entryOf, isReachableManager, majority, quorumOf, type RosterEntry, rosterOf } from "./roster";
import { act, type Finding, type Situation } from "./situation";
import { wroteAt } from "./slot";

/** For how long status checks must fail before an instance is replaced. */
const IMPAIRED_FOR = 300_000;
/** For how long a manager must be down, on an instance that runs, before that is replaced. */
const DOWN_FOR = 600_000;

/**
 * The leader has the instances of slots replaced, which Auto Scaling does not do by itself (P19): the dead as soon as
 * their nodes are out of the swarm, and of the living one at a time, if all other managers are well.
 */
export function replaceSlots(situation: Situation): Finding | undefined {
  const { leads, membership, docker, observation } = situation;
  if (!leads || membership === undefined || docker?.nodes === undefined) return undefined;
  const slots = observation.table?.value.slots ?? [];
  const roster = rosterOf(situation);
  const holder = slots.find((slot) => isGone(situation, slot, roster) && !wasAsked(situation, slot));
  const dead = holder ?? vacantSlots(situation).find((newcomer) => isDeadNewcomer(situation, newcomer));
  if (dead !== undefined) {
    const { slot, instanceId } = dead;
    const reason = `instance ${instanceId} of slot ${slot} is dead`;
    const detail = { kind: "replace", slot, instanceId, isHolder: dead === holder, ...membership } as const;
    // Not by when EC2 said so: the dead stay dead.
    return { actions: [act(detail, reason, observation, observation.docker, observation.table)], reasons: [reason] };
  }
  return situation.record?.phase === "ready" ? retireUnwell(situation, slots, roster) : undefined;
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

function retireUnwell(
  situation: Situation,
  slots: readonly SlotRecord[],
  roster: readonly RosterEntry[],
): Finding | undefined {
  const { observation, membership, docker } = situation;
  const present = slots.filter((slot) => slot.retire !== "remove");
  const unwell = present.flatMap((slot) => {
    const trouble = troubleOf(situation, slot, roster);
    return trouble === undefined || slot.retire !== undefined ? [] : [{ slot, ...trouble }];
  });
  // One that is no member costs no majority, and what it was promoted for waits for it.
  const first = unwell.find(({ slot }) => entryOf(roster, slot)?.node.manager === undefined) ?? unwell[0];
  if (first === undefined || membership === undefined) return undefined;
  const others = present.filter((slot) => slot !== first.slot);
  const well = others.filter((slot) => isWell(situation, slot, roster) && !isUnderWay(slot, first.slot, roster));
  const { members } = quorumOf(docker?.nodes ?? []);
  const isMember = entryOf(roster, first.slot)?.node.manager !== undefined;
  if (isMember && (well.length < others.length || well.length < majority(members))) {
    const standing = `${well.length} of the ${others.length} other managers are well`;
    return { reasons: unwell.map(({ slot, why }) => `slot ${slot.slot} is not replaced though ${why}: ${standing}`) };
  }
  const { slot, instanceId } = first.slot;
  const detail = { kind: "retire-slot", slot, instanceId, why: first.why, ...membership } as const;
  const action = act(detail, first.why, observation, observation.docker, observation.table, first.fact);
  return { actions: [action], reasons: [`slot ${slot} is replaced: ${first.why}`] };
}

/** Why a living instance has to go, if it has, and by which fact. */
function troubleOf(
  situation: Situation,
  slot: SlotRecord,
  roster: readonly RosterEntry[],
): { readonly why: string; readonly fact: Fact<unknown> | undefined } | undefined {
  const { memory, observation } = situation;
  const { now } = observation;
  const { instanceId } = slot;
  const impaired = memory.impairedSince[instanceId];
  const entry = entryOf(roster, slot);
  const liveness = livenessOf(situation, instanceId, wroteAt(slot));
  // Of one that is gone by now nobody says that its checks pass again.
  const isThere = liveness === "alive" || (liveness === "unknown" && entry !== undefined);
  if (impaired !== undefined && now - impaired >= IMPAIRED_FOR && isThere) {
    const why = `${instanceId} fails its status checks for ${minutes(now - impaired)} min`;
    return { why, fact: observation.statusChecks };
  }
  const away = awaySince(memory, instanceId, entry);
  if (away === undefined || now - away < DOWN_FOR) return undefined;
  if (liveness !== "alive") return undefined;
  const what = entry === undefined ? "is no node of the swarm" : "its node is down";
  return { why: `${instanceId} runs, and ${what} for ${minutes(now - away)} min`, fact: observation.instances };
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
function isWell({ memory }: Situation, slot: SlotRecord, roster: readonly RosterEntry[]): boolean {
  return isReachableManager(entryOf(roster, slot)) && memory.impairedSince[slot.instanceId] === undefined;
}

/** Whole minutes, so that the words stay the same for as long as that. */
function minutes(milliseconds: number): number {
  return Math.floor(milliseconds / 60_000);
}
