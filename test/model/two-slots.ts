import { isWhole } from "./end";
import type { Machine } from "./world/machine";
import { recordedSwarm } from "./world/recorded";
import { type Mutation, World } from "./world/world";

const MINUTE = 60_000;

/** What can strike a machine at one of its effects. */
export const FAULTS = {
  "agent crashes": (world: World, machine: Machine) => world.crashAgent(machine),
  "dockerd crashes": (world: World, machine: Machine) => world.crashDocker(machine, 5_000),
  "host reboots": (world: World, machine: Machine) => world.reboot(machine, 20_000, false),
  "host is stopped for three minutes": (world: World, machine: Machine) => world.reboot(machine, 3 * MINUTE, true),
  "host is paused for five minutes": (world: World, machine: Machine) => {
    world.pause(machine);
    world.schedule.in(5 * MINUTE, () => world.resume(machine));
  },
  "instance is replaced": (world: World, machine: Machine) => world.cloud.replace(machine.self.instanceId),
} as const;

export type FaultName = keyof typeof FAULTS;

/** One crash: where, when, of what kind; the seed decides how the two machines' steps fall between each other. */
export interface Crash {
  readonly seed: number;
  readonly slot: number;
  readonly effect: number;
  readonly moment: "before" | "after";
  readonly fault: FaultName;
}

/** A fresh cluster of so many slots. */
function fresh(seed: number, slots: number, mutation?: Mutation): World {
  const world = new World(seed, slots, mutation);
  for (let slot = 0; slot < slots; slot++) world.launchManager(slot);
  return world;
}

/** Every single crash there can be while a cluster forms, and until it is left in peace. */
export async function everyCrash(seeds: readonly number[], slots = 2): Promise<readonly Crash[]> {
  const crashes: Crash[] = [];
  for (const seed of seeds) {
    const calm = fresh(seed, slots);
    await calm.advance(10 * MINUTE, () => isWhole(calm));
    await calm.advance(5_000);
    for (let slot = 0; slot < slots; slot++) {
      for (let effect = 0; effect < calm.courier.effectsBy(`manager-${slot}`); effect++) {
        for (const moment of ["before", "after"] as const) {
          for (const fault of Object.keys(FAULTS) as FaultName[]) crashes.push({ seed, slot, effect, moment, fault });
        }
      }
    }
  }
  return crashes;
}

/** What a crash ends in: a whole swarm, a named reason, or what it violates. */
export async function strike(crash: Crash, slots = 2, mutation?: Mutation): Promise<{ end: string; steps: number }> {
  const { seed, slot, effect, moment, fault } = crash;
  const world = fresh(seed, slots, mutation);
  world.courier.strike = { machine: `manager-${slot}`, effect, moment, fault: FAULTS[fault] };
  const isOver = () => world.courier.strike === undefined && isWhole(world);
  await world.advance(30 * MINUTE, isOver);
  // What is whole must stay so.
  await world.advance(MINUTE);
  return { end: endOf(world), steps: world.courier.requests };
}

function endOf(world: World): string {
  const [violation] = world.judge.violations;
  if (violation !== undefined) return violation;
  if (world.courier.strike !== undefined) return "the crash never came";
  if (isWhole(world)) return "whole";
  const { cluster } = world.table;
  return cluster?.phase === "ready" && recordedSwarm(world)?.raft.hasQuorum() === false
    ? "quorum was lost when ready"
    : "L1 not whole";
}
