import { MINUTE } from "./deeds/deed";
import { cancel, retire } from "./deeds/slots";
import type { Machine } from "./world/machine";
import { WALL } from "./world/node-object";
import { recordedSwarm, slotRecord } from "./world/recorded";
import type { Swarm } from "./world/swarm";
import type { World } from "./world/world";

/** Ends every fault there is, and has an operator do what the agents' messages ask for; what is lost stays lost. */
export function endFaults(world: World): void {
  world.registryDown = false;
  world.cloud.mode = "well";
  world.cloud.delay = 1_000;
  world.cuts.clear();
  world.image = undefined;
  const broken = world.machines.filter((machine) => machine.broken && !machine.isGone);
  for (const machine of world.machines) {
    machine.isolated = false;
    machine.offline = false;
    // The leader replaces one that is unwell, and only if all others are well.
    if (broken.length > 0) machine.impaired = false;
    machine.joinFails = false;
    machine.diskFull = false;
    machine.setClock();
    world.resume(machine);
    world.hang(machine, false);
    // Where the key is kept, managers unlock themselves; who rotated it while nobody led has it on the screen.
    if (!world.cloud.holds(machine.lockedBy)) giveKey(world, machine);
    if (machine.terminating) world.terminate(machine);
    if (machine.refusal !== undefined && !machine.isGone) followMessage(world, machine);
    if (isOutdated(world, machine) || isHalfRetired(world, machine)) replace(world, machine);
    if (broken.some(({ settings }) => isToStay(world, settings.slot))) cancelRetirement(world, machine);
    if (broken.includes(machine)) replaceBroken(world, machine, broken.length > 1);
  }
}

/** The manager a swarm is recovered from finds its key where its agent says it is missing; any other is unlocked by hand. */
function giveKey(world: World, machine: Machine): void {
  const { lockedBy } = machine;
  if (!isSurvivor(world, machine)) world.unlock(machine);
  else if (world.secret !== undefined && lockedBy !== undefined) world.cloud.writeSecret(lockedBy);
}

function isSurvivor({ table: { cluster } }: World, { self }: Machine): boolean {
  return cluster?.phase === "recovering" && cluster.recovery?.instanceId === self.instanceId;
}

/** A member that is down alone is the leader's to replace; a person does it for others, and before there is a swarm. */
function replaceBroken(world: World, { settings, self, swarmState }: Machine, isOneOfMany: boolean): void {
  const isMember = recordedSwarm(world)?.nodes.get(swarmState.nodeId ?? "")?.connected === true;
  const holdsSlot = slotRecord(world, settings.slot ?? -1)?.instanceId === self.instanceId;
  if (world.table.cluster?.phase !== "ready" || !holdsSlot) world.cloud.replace(self.instanceId);
  else if (!isMember || isOneOfMany) askToReplace(world, settings.slot, self.instanceId);
}

/** What the guard's message says to do: move the state away, or have the instance replaced. */
function followMessage(world: World, machine: Machine): void {
  const { slot } = machine.settings;
  if (slot === undefined) return;
  if (machine.refusal === "outdated") {
    replace(world, machine);
  } else {
    world.setAside(machine);
    world.reboot(machine, 1_000, false);
  }
}

function isToStay(world: World, slot: number | undefined): boolean {
  return slotRecord(world, slot ?? -1)?.retire !== "remove";
}

/** Who is to go while one that is to stay is down is needed until that is replaced. */
function cancelRetirement(world: World, { settings, swarmState }: Machine): void {
  const isMember = recordedSwarm(world)?.raft.members.has(swarmState.nodeId ?? "") === true;
  if (settings.slot !== undefined && isMember && !isToStay(world, settings.slot)) cancel(world, settings.slot);
}

/** Kept out by its agent after a recovery without it. */
function isOutdated({ table }: World, { markers, settings, swarmState }: Machine): boolean {
  const generation = markers.member?.generation ?? Number.POSITIVE_INFINITY;
  return (
    settings.role === "manager" && swarmState.nodeId !== undefined && generation < (table.cluster?.generation ?? 0)
  );
}

/** Drained or demoted already when its retirement was called off: nobody takes that for anything but an operator's wish. */
function isHalfRetired(world: World, { settings, swarmState }: Machine): boolean {
  const node = recordedSwarm(world)?.nodes.get(swarmState.nodeId ?? "");
  if (settings.role !== "manager" || node === undefined || world.judge.byHand.has(node.id)) return false;
  return node.role === "worker" && node.labels["slot"] !== undefined;
}

/** Of an instance that a restored registry knows nothing of, only Auto Scaling can be asked. */
function replace(world: World, { settings, self }: Machine): void {
  const isHolder = slotRecord(world, settings.slot ?? -1)?.instanceId === self.instanceId;
  if (isHolder) askToReplace(world, settings.slot, self.instanceId);
  else world.cloud.replace(self.instanceId);
}

function askToReplace(world: World, slot: number | undefined, instanceId: string): void {
  const record = slotRecord(world, slot ?? -1);
  if (record?.instanceId === instanceId && record.retire === undefined) retire(world, record.slot, "replace");
}

/** {@link isWhole}, looked at twice a second at most. */
export function becomesWhole(world: World): () => boolean {
  let next = world.schedule.now;
  return () => {
    if (world.schedule.now < next) return false;
    next = world.schedule.now + 500;
    return isWhole(world);
  };
}

/** Whether every live machine is Ready in the one swarm, which has no other nodes, and Raft's members are the slots'. */
export function isWhole(world: World): boolean {
  const { table, machines, slots } = world;
  const swarm = recordedSwarm(world);
  if (table.cluster?.phase !== "ready" || swarm === undefined) return false;
  const filled = Array.from({ length: slots }, (_, slot) => slotRecord(world, slot)?.retire !== "remove");
  if (swarm.raft.members.size !== filled.filter((isFilled) => isFilled).length) return false;
  if ([...swarm.raft.members.keys()].some((id) => !swarm.isLive(id))) return false;
  if ([...swarm.nodes.keys()].some((id) => !swarm.isLive(id))) return false;
  return machines.every((machine) => machine.isGone || isInPlace(world, swarm, machine));
}

function isInPlace(world: World, swarm: Swarm, machine: Machine): boolean {
  const { swarmState, settings, self } = machine;
  const nodeId = swarmState.nodeId ?? "";
  const record = settings.slot === undefined ? undefined : slotRecord(world, settings.slot);
  if (record?.retire === "remove" && record.instanceId === self.instanceId) return !swarm.nodes.has(nodeId);
  const isMember = swarm.raft.members.has(nodeId) === (settings.role === "manager");
  return machine.runsAs(swarm, nodeId) && swarm.nodes.get(nodeId)?.state === "ready" && isMember;
}

/** Why a swarm cannot be whole without a person. */
export function reasonFor(world: World): string | undefined {
  const { table, judge, machines, secret } = world;
  const { cluster } = table;
  if (cluster === undefined) return "the registry is empty";
  if (cluster.minWriter > 1) return "newer agents have taken over";
  if (cluster.phase === "destroying") return "the cluster is destroyed";
  const swarm = recordedSwarm(world);
  if (cluster.phase === "unclaimed" && table.everReady.size > 0) return "the record was seeded anew";
  if (cluster.phase === "ready" && swarm?.raft.hasQuorum() === false) return "quorum was lost";
  if (cluster.phase === "recovering" && isLost(world, cluster.recovery?.instanceId)) return "the survivor was lost";
  if (secret === undefined && machines.some((each) => isSurvivor(world, each) && each.lockedBy !== undefined)) {
    return "the survivor's disk was locked by hand, and no agent has the key";
  }
  if (machines.every(({ isGone, settings }) => isGone || settings.role === "worker")) return "no manager is left";
  if (swarm !== undefined && hasStuckDemotion(swarm)) return "another manager was lost while one was demoted";
  if (swarm !== undefined && hasNamelessNode(world, swarm)) return "no record names the instance of a dead node";
  if (hasUnprovenHolder(world)) return "EC2 forgot who held a slot, and by its record that was there an hour ago";
  return judge.byHand.size > 0 ? "an operator changed roles" : undefined;
}

/** A registry was restored, and who could have told whose node it was is dead. */
function hasNamelessNode({ table }: World, { nodes }: Swarm): boolean {
  const named = new Set([...table.items.values()].map((item) => item["nodeId"]));
  return [...nodes.values()].some(({ id, machine }) => machine.isGone && !named.has(id));
}

/** P7: whom EC2 does not know is dead once known for an hour, by clocks that may have jumped when the record was written. */
function hasUnprovenHolder(world: World): boolean {
  const { cloud, slots, schedule } = world;
  return Array.from({ length: slots }, (_, slot) => slotRecord(world, slot))
    .filter((record) => record !== undefined)
    .some(({ instanceId, updatedAt }) => {
      const isMissing = cloud.look([instanceId]).missing.length > 0;
      return isMissing && WALL + schedule.now - Date.parse(updatedAt) <= 60 * MINUTE;
    });
}

/** Docker carries a demotion out only where a majority is left, and one change is made at a time. */
function hasStuckDemotion({ raft, nodes }: Swarm): boolean {
  return [...nodes.values()].some(({ id, role }) => role === "worker" && raft.members.has(id) && !raft.canLose(id));
}

function isLost({ machines }: World, instanceId: string | undefined): boolean {
  const machine = machines.find(({ self }) => self.instanceId === instanceId);
  return machine !== undefined && (machine.isGone || machine.broken || machine.swarmState.nodeId === undefined);
}
