import { majority } from "../../../registry/quorum";
import type { ClusterRecord, ManagerAddress } from "../../../registry/records";
import { wroteAt } from "../node/slot";
import { livenessOf } from "../situation/liveness";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** For how long a forming cluster must not have been written before anyone asks whether its members are dead. */
export const STANDSTILL = 60_000;

/**
 * A cluster that can have no majority any more before it was ready is founded anew (P5). Whoever still leads it
 * writes the record, so one that stands still has no leader; and only instances that are definitely dead count, and the
 * node itself, which will be no member any more.
 */
export function abandonForming(situation: Situation): Finding | undefined {
  const { settings, record, memory, observation } = situation;
  if (settings.role !== "manager" || !memory.slotHeld || record?.phase !== "forming") return undefined;
  // A join that is under way would end in the cluster that is given up.
  if (record.clusterId === undefined || observation.busy !== undefined) return undefined;
  if (!isStandingStill(situation) || hasLeader(situation)) return undefined;
  const members = membersOf(record);
  const dead = members.filter((manager) => isDead(situation, record, manager));
  const isLeft = (manager: ManagerAddress) => !dead.includes(manager) && !isLeaderless(situation, manager);
  const mayBeMajority = possibleMembers(record).some(
    (possible) => possible.filter(isLeft).length >= majority(possible.length),
  );
  if (dead.length === 0 || mayBeMajority) return undefined;
  const { epoch, clusterId, writeId } = record;
  const reason = `${dead.length} of ${members.length} members died before the cluster was ready`;
  const detail = { kind: "abandon", epoch, clusterId, writeId, dead: namedBySlots(situation, dead) } as const;
  return {
    report: { state: "claiming", step: "founding the cluster anew", error: reason },
    actions: [actionFor(detail, reason, observation, observation.cluster, observation.table)],
  };
}

/** Whether this node manages the cluster, and is answered by it. */
function hasLeader({ docker }: Situation): boolean {
  return docker?.status.controlAvailable === true && docker.controlError === undefined;
}

/** All that are members, or may have become one: none is promoted before the record names it. */
function membersOf({ managers, promoting }: ClusterRecord): readonly ManagerAddress[] {
  const isListed = promoting === undefined || managers.some(({ nodeId }) => nodeId === promoting.nodeId);
  return isListed ? managers : [...managers, promoting];
}

/** The members with the one that was being promoted, and without it: nobody can tell whether it got there. */
function possibleMembers(record: ClusterRecord): readonly (readonly ManagerAddress[])[] {
  return [membersOf(record), record.managers];
}

/**
 * Whether this is the node itself, and nobody leads it, or it never heard that it is a member: once it gives the cluster
 * up, it is none of the living either.
 */
function isLeaderless({ docker, memory, observation }: Situation, { nodeId }: ManagerAddress): boolean {
  const { leaderlessSince = observation.now } = memory;
  return nodeId === docker?.status.nodeId && observation.now - leaderlessSince >= STANDSTILL;
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
