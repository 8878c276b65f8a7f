import { type Retirement, recordKey } from "../../../lib/registry/records";
import type { Machine } from "../world/machine";
import { recordedSwarm, slotRecord } from "../world/recorded";
import type { World } from "../world/world";
import { type Deed, MINUTE } from "./deed";

/** The instance that holds a slot by its record, while it is there. */
function holderOf(world: World, slot: number): Machine | undefined {
  const record = slotRecord(world, slot);
  return world.machines.find(({ self, isGone }) => self.instanceId === record?.instanceId && !isGone);
}

/** What `managers retire` and `managers replace` write. */
export function retire({ table }: World, slot: number, retirement: Retirement): void {
  const key = recordKey.slot(slot);
  const set = { retire: retirement, retireReason: "an operator asked for it" };
  table.apply({ updates: [{ key, set, when: [] }] }, "operator");
}

/** What `managers retire --cancel` writes. */
export function cancel({ table }: World, slot: number): void {
  const update = { key: recordKey.slot(slot), set: {}, remove: ["retire", "retireReason"], when: [] };
  table.apply({ updates: [update] }, "operator");
}

function isReady({ table }: World): boolean {
  return table.cluster?.phase === "ready";
}

/** What an operator does to the slots by command and by Terraform. */
export const SLOTS = {
  /** A planned roll of one slot. */
  "replace slot": ({ world }, target) => {
    const slot = target % world.slots;
    if (!isReady(world) || holderOf(world, slot) === undefined) return false;
    retire(world, slot, "replace");
    return true;
  },
  "call retirement off": ({ world }, target) => {
    const slot = target % world.slots;
    if (slotRecord(world, slot)?.retire === undefined) return false;
    cancel(world, slot);
    return true;
  },
  "scale out": ({ world }) => {
    if (world.slots >= 5 || !isReady(world)) return false;
    const before = world.slots;
    world.slots += 2;
    world.most = Math.max(world.most, world.slots);
    for (let slot = before; slot < world.slots; slot++) world.launchManager(slot);
    return true;
  },
  /** First the highest slots are retired; once their managers are out of the swarm, Terraform takes them away. */
  "scale in": ({ world }) => {
    const left = world.slots - 2;
    if (left < 1 || !isReady(world)) return false;
    const slots = [left, left + 1];
    const isOut = (world.table.cluster?.managers ?? []).every(({ slot }) => slot < left);
    const isRetired = slots.every((slot) => slotRecord(world, slot)?.retire === "remove");
    if (!isRetired) {
      for (const slot of slots) if (holderOf(world, slot) !== undefined) retire(world, slot, "remove");
      return true;
    }
    if (!isOut) return false;
    world.slots = left;
    for (const slot of slots) world.cloud.deleteGroup(slot);
    return true;
  },
  /**
   * Of a swarm without quorum, an operator takes one manager to carry on from, ends or stops all others, and says so once
   * EC2 shows it. Those that were stopped start again later.
   */
  recover: ({ world }, target, amount) => {
    const swarm = recordedSwarm(world);
    if (!isReady(world) || swarm === undefined || swarm.raft.hasQuorum()) return false;
    // One that was on its way in has no log yet, and one on its way out makes no good beginning.
    const survivors = [...swarm.raft.members]
      .filter(([id, { instance }]) => instance === "running" && swarm.raft.knowsItself(id))
      .filter(([id]) => swarm.nodes.get(id)?.role === "manager")
      // Nor is one whose dockerd is another node by now: it has no log any more.
      .filter(([id, { swarmState }]) => swarmState.nodeId === id)
      .map(([, machine]) => machine);
    const survivor = survivors[target % Math.max(1, survivors.length)];
    if (survivor === undefined) return false;
    for (const machine of world.machines) {
      if (machine === survivor || machine.isGone || machine.settings.role === "worker") continue;
      machine.leftBehind = true;
      if (amount < 0.5) world.terminate(machine);
      else world.reboot(machine, (10 + amount * 20) * MINUTE, true);
    }
    world.schedule.in(MINUTE, () => sayRecovering(world, survivor));
    return true;
  },
} satisfies Record<string, Deed>;

/** How often an operator looks again, a minute apart, whether EC2 shows the others stopped. */
const LOOKS = 5;

/** What `recover` writes, on EC2's word that no other manager runs. */
function sayRecovering(world: World, survivor: Machine, looks = LOOKS): void {
  const { table, cloud, schedule } = world;
  const { cluster } = table;
  const { slot } = survivor.settings;
  if (cluster?.phase !== "ready" || slot === undefined || survivor.isGone) return;
  const others = world.machines.filter(({ settings, self }) => settings.role === "manager" && self !== survivor.self);
  const { found } = cloud.look(others.map(({ self }) => self.instanceId));
  if (found.some(({ state }) => state !== "stopped" && state !== "terminated")) {
    if (looks > 1) schedule.in(MINUTE, () => sayRecovering(world, survivor, looks - 1));
    return;
  }
  const recovery = { slot, instanceId: survivor.self.instanceId, requestedAt: new Date(schedule.now).toISOString() };
  const generation = cluster.generation + (world.mutation.keepsGeneration === true ? 0 : 1);
  table.items.set(recordKey.cluster, { ...cluster, phase: "recovering", generation, recovery, writeId: "operator" });
}
