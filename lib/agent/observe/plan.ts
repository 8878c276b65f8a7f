import type { NodeSettings } from "../../registry/node-settings";
import type { ClusterRecord } from "../../registry/records";
import { fraction } from "../back-off";
import { isStandingStill } from "../decide/forming/abandon";
import { successorOf } from "../decide/membership/outlived";
import { promotionCandidates } from "../decide/membership/promote";
import { unplaced } from "../decide/membership/remove";
import { joinTurn } from "../decide/node/join";
import { hasCaughtUp, isReachableManager, isSilentMember } from "../decide/situation/quorum";
import { slotOf } from "../decide/situation/roster";
import { isRetired, isSettled, mayJoin } from "../decide/situation/settled";
import { type Situation, situationOf } from "../decide/situation/situation";
import { newcomers, vacancies, wantedSlots } from "../decide/situation/vacancies";
import { missingLabels } from "../decide/upkeep/labels";
import { nodesIn } from "../decide/upkeep/summary";
import type { Memory } from "../memory";
import type { Fact, Observation } from "../model";
import type { SwarmNode } from "../ports";

/** What to read beside the local dockerd, which is read at every tick. */
export interface ReadPlan {
  readonly cluster: boolean;
  readonly slot: boolean;
  readonly table: boolean;
  /** Node id whose tombstone to look for. */
  readonly tombstone?: string;
  /** Instances to ask EC2 about. */
  readonly instances?: readonly string[];
  /** Instances whose status checks to read. */
  readonly statusChecks?: readonly string[];
  /** Auto Scaling groups whose instances to list. */
  readonly slotGroups?: readonly string[];
  readonly metadata: boolean;
  readonly containers: boolean;
}

const SECOND = 1_000;
/** Time between two looks at the registry by a node with nothing to do; reports come on top. */
const IDLE_INTERVAL = 54 * SECOND;
/** Time between two looks of the leader, for which others wait who ask to be drained or retired: two in any minute. */
const LEADER_INTERVAL = 31 * SECOND;
/** Time between two looks while a node waits for something: as it begins to, soon after, and in the long run. */
const PROMPT_INTERVAL = 0.25 * SECOND;
const EAGER_INTERVAL = SECOND;
const PATIENT_INTERVAL = 5 * SECOND;
/** Time between two looks of a worker that waits for the managers: thousands may, and all look at one record. */
const WAITING_INTERVAL = 2 * SECOND;
/** What it is for each node, once the leader has told how many there are: 1,000 looks a second, so that few wait less. */
const WAITING_PER_NODE = 1;
/**
 * Time between two looks of a leader at dockerd while something moves, and at the table while it has something to mend;
 * for each node there is, so that in a large swarm it is not all the leader does, and within these bounds.
 */
const MOVING = { perNode: 0.5, least: 0.1 * SECOND, most: 0.5 * SECOND };
const MENDING = { perNode: 1, least: 0.2 * SECOND, most: SECOND };
/** Time over which the first looks of workers that start together are spread. */
const START_SPREAD = 2 * SECOND;
/** For how long a node looks promptly, and for how long at least eagerly. */
const PROMPT_FOR = 120 * SECOND;
const EAGER_FOR = 600 * SECOND;
/** For how long after a change in the swarm more of them are to be expected. */
const MOVING_FOR = 10 * SECOND;
/** For how long after a change in the swarm its leader looks eagerly for what is to be mended. */
const EAGER_LEAD = 120 * SECOND;
const METADATA_INTERVAL = 5 * SECOND;
/** Time a leader at rest lets pass for each node it lists: the answer has two kilobytes of it, and is to be read. */
const LOOK_PER_NODE = 2;
/** Instances EC2 is asked about at once for the sake of a node that never connected. */
const MOST_UNPLACED = 50;
/** Within which a node that was admitted connects as a rule. */
const CONNECTION_TIME = 30 * SECOND;
/** Within which an instance that was launched for a slot takes it as a rule. */
const LAUNCH_TIME = 90 * SECOND;
/** Time between two looks for slots that were added and have not been heard of, while every known one has its node. */
const UNHEARD_INTERVAL = 300 * SECOND;
/** Within which a node of a slot is promoted as a rule. */
const PROMOTION_TIME = 10 * SECOND;

/** Which facts are due, by what was last seen; pure. */
export function planReads(
  last: Observation | undefined,
  memory: Memory,
  settings: NodeSettings,
  now: number,
  metadataAt: number | undefined,
): ReadPlan {
  const metadata = metadataAt === undefined || now - metadataAt >= METADATA_INTERVAL;
  const isManager = settings.role === "manager";
  if (last === undefined) return { cluster: isManager, slot: isManager, table: false, metadata, containers: false };
  const situation = situationOf({ ...last, now }, memory, settings);
  if (now < memory.registry.notBefore) {
    return { cluster: false, slot: false, table: false, metadata, containers: last.terminating };
  }
  const wantsTable = situation.leads || (isManager && isStandingStill(situation));
  return {
    // The table holds the cluster record, too.
    cluster:
      !situation.leads &&
      now >= firstLook(situation) &&
      isOlder(last.cluster, now, clusterInterval(situation, now), memory.staleAt),
    slot: isManager && isOlder(last.slot, now, slotInterval(last, memory), memory.staleAt),
    table: wantsTable && isOlder(last.table, now, tableInterval(situation), memory.staleAt),
    tombstone: tombstoneToRead(situation, now),
    instances: instancesToAsk(situation, now),
    statusChecks: statusChecksToRead(situation, now),
    slotGroups: slotGroupsToRead(situation, now),
    metadata,
    containers: last.terminating,
  };
}

/** Milliseconds to the next tick: soon while something moves, seldom once all is done. */
export function tickInterval(observation: Observation, memory: Memory, settings: NodeSettings, acted: boolean): number {
  const situation = situationOf(observation, memory, settings);
  if (acted) return 0.1 * SECOND;
  const { now } = observation;
  if (situation.leads) {
    const quiet = now - memory.swarmChange.at;
    const nodes = situation.docker?.nodes?.length ?? 0;
    if (quiet < MOVING_FOR) return forNodes(nodes, MOVING);
    if (quiet < EAGER_LEAD && isUrgent(situation)) return MOVING.most;
    return Math.max(2 * SECOND, nodes * LOOK_PER_NODE);
  }
  if (isSettled(observation, memory, settings)) return 5 * SECOND;
  if (observation.cluster === undefined && now < firstLook(situation)) return firstLook(situation) - now;
  if (isWaitingForTurn(situation, now)) return Math.min(joinTurn(situation) - now, 5 * SECOND);
  return waitingInterval(memory, now);
}

/** Time between two looks for what a node waits for: the longer it has waited, the longer that. */
function waitingInterval({ unsettledSince }: Memory, now: number): number {
  const waited = now - (unsettledSince ?? now);
  if (waited < PROMPT_FOR) return PROMPT_INTERVAL;
  return waited < EAGER_FOR ? EAGER_INTERVAL : PATIENT_INTERVAL;
}

/** When a node that has just started looks at the registry. */
function firstLook({ observation, memory, settings }: Situation): number {
  if (settings.role === "manager") return memory.startedAt;
  return memory.startedAt + fraction(observation.self.instanceId) * START_SPREAD;
}

function clusterInterval(situation: Situation, now: number): number {
  const { observation, memory, settings, record } = situation;
  if (isSettled(observation, memory, settings) && !observation.terminating) return IDLE_INTERVAL;
  // It is looked at again right before the join, whatever happens until then.
  if (isWaitingForTurn(situation, now)) return IDLE_INTERVAL;
  const interval = waitingInterval(memory, now);
  const isForManagers = settings.role === "worker" && !mayJoin(record?.phase, settings);
  return isForManagers ? Math.max(interval, crowdInterval(record)) : interval;
}

/** Time between two looks of each worker that waits for the managers, so that the record bears all of them. */
function crowdInterval(record: ClusterRecord | undefined): number {
  const summary = record?.phase === "forming" ? record.summary : undefined;
  return summary === undefined ? WAITING_INTERVAL : Math.min(WAITING_INTERVAL, nodesIn(summary) * WAITING_PER_NODE);
}

function isWaitingForTurn(situation: Situation, now: number): boolean {
  const { docker, record, settings, observation } = situation;
  const isOutside = docker?.status.state === "inactive" && observation.busy === undefined;
  return isOutside && mayJoin(record?.phase, settings) && now < joinTurn(situation);
}

/** Read until the slot is held, and again before a join: it may have been retired meanwhile. */
function slotInterval(last: Observation, memory: Memory): number {
  if (isRetired(last)) return IDLE_INTERVAL;
  const isOutside = last.docker?.value.status.state === "inactive";
  return !memory.slotHeld || isOutside ? waitingInterval(memory, last.now) : Number.POSITIVE_INFINITY;
}

function tableInterval(situation: Situation): number {
  if (!situation.leads) return 10 * SECOND;
  if (!isUrgent(situation)) return LEADER_INTERVAL;
  const quiet = situation.observation.now - situation.memory.swarmChange.at;
  if (quiet < EAGER_LEAD) return forNodes(situation.observation.table?.value.nodes.length ?? 0, MENDING);
  return quiet < 600 * SECOND ? 10 * SECOND : LEADER_INTERVAL;
}

function forNodes(count: number, { perNode, least, most }: typeof MOVING): number {
  return Math.min(most, Math.max(least, count * perNode));
}

/** Whether the leader has something to mend that the registry may tell more about. */
export function isUrgent(situation: Situation): boolean {
  const { docker, record, leads } = situation;
  if (!leads || docker?.nodes === undefined) return false;
  if (record?.phase === "forming") return true;
  const held = new Set(docker.nodes.filter((node) => node.manager !== undefined).map(slotOf));
  const slots = situation.observation.table?.value.slots ?? [];
  if (slots.some(({ retire, nodeId }) => retire !== undefined && docker.nodes?.some(({ id }) => id === nodeId)))
    return true;
  if (docker.nodes.some(isSilentMember)) return true;
  if (situation.roster.some((entry) => isReachableManager(entry) && !hasCaughtUp(situation, entry))) return true;
  const lacksManager = wantedSlots(situation).some((slot) => !held.has(slot));
  if (lacksManager || docker.nodes.some((node) => node.state === "ready" && !("az" in node.labels))) return true;
  return situation.roster.some(
    (entry) =>
      Object.keys(missingLabels(entry)).length > 0 || (entry.drainRequested && entry.node.availability === "active"),
  );
}

/** Asked when the node may have been removed: while it was away, or as a manager that is none any more. */
function tombstoneToRead(situation: Situation, now: number): string | undefined {
  const { observation, memory, docker } = situation;
  const nodeId = docker?.status.nodeId ?? observation.markers.member?.nodeId;
  if (nodeId === undefined) return predecessorToRead(situation, now);
  if (situation.record?.summary?.removed?.includes(nodeId) === true) {
    return isOlder(observation.tombstone, now, 10 * SECOND, memory.staleAt) ? nodeId : undefined;
  }
  const since = memory.stuckSince ?? lacksControlSince(situation, now);
  if (since === undefined) return undefined;
  const interval = now - since < 300 * SECOND ? 10 * SECOND : 60 * SECOND;
  return isOlder(observation.tombstone, now, interval, memory.staleAt) ? nodeId : undefined;
}

/** The node of the instance that holds the slot this one waits for: the leader may have taken it out already. */
function predecessorToRead({ observation, memory }: Situation, now: number): string | undefined {
  const nodeId = memory.slotHeld ? undefined : observation.slot?.value?.nodeId;
  if (nodeId === undefined) return undefined;
  const isPatient = waitingInterval(memory, now) === PATIENT_INTERVAL;
  const interval = isPatient ? 60 * SECOND : 5 * SECOND;
  return isOlder(observation.tombstone, now, interval, memory.staleAt) ? nodeId : undefined;
}

/** A worker that was removed after its demotion may not hear of it from dockerd, for minutes on end. */
function lacksControlSince({ docker, memory, settings }: Situation, now: number): number | undefined {
  if (settings.role !== "manager" || docker?.status.state !== "active" || docker.status.controlAvailable)
    return undefined;
  const since = memory.unsettledSince;
  return since !== undefined && now - since >= PROMOTION_TIME ? since : undefined;
}

/**
 * EC2 is asked by the leader, about nodes that are to be promoted or seem dead, and by a manager that finds its slot
 * held or its forming cluster without a leader: at once about an instance that was not asked about before, then a
 * burst, then once a minute; every other second while forming.
 */
function instancesToAsk(situation: Situation, now: number): readonly string[] | undefined {
  const { observation, memory, record, leads } = situation;
  const ids = leads ? instancesInQuestion(situation) : holdersInQuestion(situation);
  if (ids.length === 0) return undefined;
  const since = now - (observation.instancesTriedAt ?? Number.NEGATIVE_INFINITY);
  const isForming = leads && record?.phase === "forming" && now - memory.swarmChange.at < EAGER_LEAD;
  const isPromoting = leads && promotionCandidates(situation).length > 0;
  const asked = observation.instances?.value.asked ?? [];
  const isNew = observation.instancesError === undefined && ids.some((id) => !asked.includes(id));
  const interval = isForming || isNew || isPromoting ? 2 * SECOND : 10 * SECOND;
  const isAllowed = since >= interval && (isForming || isNew || memory.questions.left >= 1);
  return isAllowed ? [...new Set([observation.self.instanceId, ...ids])] : undefined;
}

function instancesInQuestion(situation: Situation): readonly string[] {
  const { observation, record } = situation;
  // While forming, the answer is wanted as soon as a node has joined.
  const candidates =
    record?.phase === "forming"
      ? (observation.table?.value.slots ?? [])
      : promotionCandidates(situation).flatMap((entry) => entry.slotRecord ?? []);
  const roster = situation.roster;
  const suspects = roster.filter(
    ({ node }) => node.state === "down" || isSilentMember(node) || isLate(situation, node),
  );
  const successors = suspects.flatMap((entry) => successorOf(situation, entry) ?? []);
  // Whether any of them may yet be a node that was made and has not connected.
  const nameless = suspects.some(({ node }) => node.hostname === "") ? unplaced(situation).slice(0, MOST_UNPLACED) : [];
  // A slot whose instance died before it joined has no node that could be down.
  const absent = vacancies(situation).flatMap(({ holder }) => holder ?? []);
  // Who takes its slot in time is asked about then, and at once: as one that is new in question.
  const overdue = newcomers(situation).filter(({ instanceId }) => isOverdue(situation, instanceId));
  return [...candidates, ...absent, ...overdue, ...suspects, ...successors, ...nameless]
    .map(({ instanceId }) => instanceId)
    .concat(suspects.map(({ formerInstanceId }) => formerInstanceId))
    .filter((id) => id !== undefined);
}

/** Whether a node was made some time ago and has not connected yet. */
function isLate({ memory, observation }: Situation, { id }: SwarmNode): boolean {
  return observation.now - (memory.namelessSince[id] ?? observation.now) >= CONNECTION_TIME;
}

/** Whether an instance was launched for a slot some time ago and has not taken it yet. */
function isOverdue({ memory, observation }: Situation, instanceId: string): boolean {
  return observation.now - (memory.listedSince[instanceId] ?? observation.now) >= LAUNCH_TIME;
}

/**
 * By the leader, of all the slots there may be: whoever died before it took a slot is in no record, nor is a slot that
 * was added. Those that were launched together with the leader's own instance have their time first.
 */
function slotGroupsToRead(situation: Situation, now: number): readonly string[] | undefined {
  const { leads, observation, memory, settings } = situation;
  if (!leads || now - memory.startedAt < LAUNCH_TIME) return undefined;
  const since = now - (observation.slotGroupsTriedAt ?? Number.NEGATIVE_INFINITY);
  return since < slotGroupsInterval(situation) ? undefined : settings.slotGroups;
}

function slotGroupsInterval(situation: Situation): number {
  if (vacancies(situation).length === 0) return UNHEARD_INTERVAL;
  return situation.record?.phase === "forming" ? 10 * SECOND : 30 * SECOND;
}

/** Once a minute, by the leader of a ready swarm, of the managers alone: workers are Auto Scaling's to replace. */
function statusChecksToRead({ leads, record, observation }: Situation, now: number): readonly string[] | undefined {
  if (!leads || record?.phase !== "ready") return undefined;
  if (now - (observation.statusChecksTriedAt ?? Number.NEGATIVE_INFINITY) < 60 * SECOND) return undefined;
  const ids = (observation.table?.value.slots ?? []).map(({ instanceId }) => instanceId);
  return ids.length === 0 ? undefined : ids;
}

function holdersInQuestion(situation: Situation): readonly string[] {
  const { observation, memory, settings } = situation;
  if (settings.role !== "manager") return [];
  const holder = memory.slotHeld ? undefined : observation.slot?.value?.instanceId;
  const members = isStandingStill(situation) ? (observation.table?.value.slots ?? []) : [];
  return [holder, ...members.map((slot) => slot.instanceId)].filter((id) => id !== undefined);
}

function isOlder(fact: Fact<unknown> | undefined, now: number, interval: number, staleAt: number | undefined): boolean {
  if (fact === undefined) return true;
  return now - fact.at >= interval || (staleAt !== undefined && fact.at < staleAt);
}
