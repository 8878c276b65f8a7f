import type { NodeSettings } from "../../registry/node-settings";
import { backOff } from "../back-off";
import { entryOf } from "../decide/situation/roster";
import { isSettled, mayJoin } from "../decide/situation/settled";
import { type Situation, situationOf } from "../decide/situation/situation";
import { orphansOf } from "../decide/upkeep/disown";
import { type Memory, QUESTION_BURST } from "../memory";
import type { DockerView, Observation } from "../model";
import type { SwarmNode } from "../ports";

/** A gap between two looks at the registry after which a watch begins anew: the node may have been asleep. */
const WATCH_GAP = 15_000;
/** Time between two answers without an instance for both to count. */
const NOT_FOUND_SPACING = 60_000;
/** Time for EC2 to be asked once more. */
const QUESTION_INTERVAL = 60_000;

/** Takes in what was observed; pure. */
export function remember(memory: Memory, observation: Observation, settings: NodeSettings): Memory {
  const { now, docker, cluster, terminating } = observation;
  const situation = situationOf(observation, memory, settings);
  const since = (before: number | undefined, holds: boolean) => (holds ? (before ?? now) : undefined);
  return {
    ...memory,
    ...watchClaim(memory, observation),
    ...watchForming(memory, observation),
    ...watchSlot(memory, observation),
    ...watchLead(memory, observation),
    stuckSince: since(memory.stuckSince, isStuck(docker?.value)),
    leaderlessSince: since(memory.leaderlessSince, isLeaderless(docker?.value)),
    leadsSince: since(memory.leadsSince, situation.leads),
    joinableSince: since(memory.joinableSince, mayJoin(cluster?.value?.phase, settings)),
    unsettledSince: since(memory.unsettledSince, !isSettled(observation, memory, settings)),
    terminatingSince: since(memory.terminatingSince, terminating),
    notFound: countNotFound(memory, observation),
    impairedSince: watchStatusChecks(memory, observation),
    listedSince: watchSlotGroups(memory, observation),
    ...watchNodes(memory, observation),
    vacantSince: watchSlots(situation),
    missedSince: watchOrphans(situation),
    swarmChange: watchSwarm(memory, observation),
    registry: countRegistryFailures(memory, observation),
    questions: countQuestions(memory, observation),
  };
}

function isStuck(docker: DockerView | undefined): boolean {
  return docker?.status.state === "pending" || docker?.status.state === "error";
}

function isLeaderless(docker: DockerView | undefined): boolean {
  if (docker === undefined || docker.status.state === "inactive") return false;
  return !docker.status.controlAvailable || docker.controlError !== undefined;
}

function countRegistryFailures({ registry }: Memory, observation: Observation): Memory["registry"] {
  const { registryError, registryTriedAt, now, random } = observation;
  if (registryTriedAt === registry.triedAt) return registry;
  if (registryError === undefined) return { failures: 0, notBefore: now, triedAt: registryTriedAt };
  const failures = registry.failures + 1;
  return {
    failures,
    notBefore: now + backOff(registry.failures, random),
    triedAt: registryTriedAt,
    error: registryError,
  };
}

/** Those of a forming cluster are not counted: they are many, and it is soon over. */
function countQuestions({ questions }: Memory, observation: Observation): Memory["questions"] {
  const { instancesTriedAt, now, cluster } = observation;
  const gained = (now - questions.at) / QUESTION_INTERVAL;
  const left = Math.min(QUESTION_BURST, questions.left + gained);
  if (instancesTriedAt === undefined || instancesTriedAt === questions.triedAt) return { ...questions, left, at: now };
  const cost = cluster?.value?.phase === "forming" ? 0 : 1;
  return { left: Math.max(0, left - cost), at: now, triedAt: instancesTriedAt };
}

function watchClaim(memory: Memory, { cluster }: Observation): Partial<Memory> {
  if (cluster === undefined) return {};
  const record = cluster.value;
  const unclaimedSince = record?.phase === "unclaimed" ? (memory.unclaimedSince ?? cluster.at) : undefined;
  if (record?.phase !== "initializing") return { watch: undefined, unclaimedSince };
  const { epoch, renewal } = record;
  const before = memory.watch;
  const unbroken =
    before !== undefined &&
    before.epoch === epoch &&
    before.renewal === renewal &&
    cluster.at - before.seenAt <= WATCH_GAP;
  return { unclaimedSince, watch: { epoch, renewal, since: unbroken ? before.since : cluster.at, seenAt: cluster.at } };
}

function watchForming(memory: Memory, { cluster }: Observation): Partial<Memory> {
  if (cluster === undefined) return {};
  const record = cluster.value;
  if (record?.phase !== "forming") return { standstill: undefined };
  if (memory.standstill?.writeId === record.writeId) return {};
  return { standstill: { writeId: record.writeId, since: cluster.at } };
}

function watchSlot(memory: Memory, { slot, self }: Observation): Partial<Memory> {
  if (slot === undefined || slot.at <= (memory.slotKnownAt ?? Number.NEGATIVE_INFINITY)) return {};
  return { slotHeld: slot.value?.instanceId === self.instanceId, slotKnownAt: slot.at };
}

function watchLead({ leadSign }: Memory, { cluster }: Observation): Partial<Memory> {
  const at = cluster?.value?.lead?.at;
  if (cluster === undefined || leadSign?.at === at) return {};
  return { leadSign: at === undefined ? undefined : { at, since: cluster.at } };
}

/** One passed check is enough to begin anew; one that is missing says nothing. */
function watchStatusChecks({ impairedSince }: Memory, { statusChecks }: Observation): Memory["impairedSince"] {
  if (statusChecks === undefined) return impairedSince;
  const since: Record<string, number> = { ...impairedSince };
  for (const { instanceId, checks } of statusChecks.value) {
    if (checks === "ok") delete since[instanceId];
    else if (checks === "impaired") since[instanceId] ??= statusChecks.at;
  }
  return since;
}

function watchSlotGroups({ listedSince }: Memory, { slotGroups }: Observation): Memory["listedSince"] {
  if (slotGroups === undefined) return listedSince;
  const ids = slotGroups.value.flatMap(({ instanceIds }) => instanceIds);
  return Object.fromEntries(ids.map((id) => [id, listedSince[id] ?? slotGroups.at]));
}

/** Only a leader sees the nodes; one that has just become it begins to count. */
function watchNodes(
  memory: Memory,
  { docker, now }: Observation,
): Pick<Memory, "downSince" | "namelessSince" | "drainedSince" | "reachableSince"> {
  const nodes = docker?.value.nodes ?? [];
  const since = (before: Readonly<Record<string, number>>, holds: (node: SwarmNode) => boolean) =>
    Object.fromEntries(nodes.filter(holds).map(({ id }) => [id, before[id] ?? now]));
  return {
    downSince: since(memory.downSince, ({ state }) => state === "down"),
    namelessSince: since(memory.namelessSince, ({ hostname }) => hostname === ""),
    reachableSince: since(memory.reachableSince, ({ manager }) => manager?.reachability === "reachable"),
    drainedSince: since(memory.drainedSince, ({ availability }) => availability === "drain"),
  };
}

/** Only the leader sees who is no node of the swarm. */
function watchSlots({ memory, observation, docker, roster }: Situation): Memory["vacantSince"] {
  const { now, table } = observation;
  if (docker?.nodes === undefined || table === undefined) return {};
  const vacant = table.value.slots.filter((slot) => entryOf(roster, slot) === undefined);
  return Object.fromEntries(vacant.map(({ instanceId }) => [instanceId, memory.vacantSince[instanceId] ?? now]));
}

/** Only the leader sees who is in no list of the swarm. */
function watchOrphans(situation: Situation): Memory["missedSince"] {
  const { memory, observation } = situation;
  const orphans = orphansOf(situation);
  return Object.fromEntries(orphans.map(({ nodeId }) => [nodeId, memory.missedSince[nodeId] ?? observation.now]));
}

/** Only answers that know the asker count, and only once a minute. */
function countNotFound(memory: Memory, { instances, self }: Observation): Memory["notFound"] {
  if (instances === undefined) return memory.notFound;
  const found = new Set(instances.value.found.map((each) => each.instanceId));
  if (!found.has(self.instanceId)) return memory.notFound;
  const counts: Record<string, { readonly count: number; readonly at: number }> = { ...memory.notFound };
  for (const id of found) delete counts[id];
  for (const id of instances.value.missing) {
    const before = counts[id];
    if (before === undefined) counts[id] = { count: 1, at: instances.at };
    else if (instances.at - before.at >= NOT_FOUND_SPACING) counts[id] = { count: before.count + 1, at: instances.at };
  }
  return counts;
}

function watchSwarm(memory: Memory, { docker, now }: Observation): Memory["swarmChange"] {
  if (docker === undefined) return memory.swarmChange;
  const signature = (docker.value.nodes ?? [])
    .map((node) => `${node.id} ${node.state} ${node.role} ${node.manager?.reachability ?? "-"}`)
    .sort()
    .join("; ");
  return signature === memory.swarmChange.signature ? memory.swarmChange : { signature, at: now };
}
