import type { Plan } from "../plan";
import type { Machine } from "../world/machine";
import type { Item } from "../world/table";
import type { World } from "../world/world";

/** A run as far as commands need it. */
export interface Run {
  readonly world: World;
  readonly plan: Plan;
  /** The registry as it once was. */
  saved?: ReadonlyMap<string, Item>;
  partialSince: number;
}

/** What a command does to which machine, and how much of it (0 to 1); false when there is nothing it could be done to. */
export type Deed = (run: Run, target: number, amount: number) => boolean | Promise<boolean>;

export const MINUTE = 60_000;

/** Something done to one of the machines that are there. */
export function toMachine(
  deed: (world: World, machine: Machine, amount: number) => unknown,
  fits: (machine: Machine, world: World) => boolean = () => true,
): Deed {
  return ({ world }, target, amount) => {
    const machines = world.machines.filter((machine) => !machine.isGone && fits(machine, world));
    const machine = machines[target % Math.max(1, machines.length)];
    if (machine === undefined) return false;
    deed(world, machine, amount);
    return true;
  };
}

/** Something done to the world as a whole. */
export function toWorld(deed: (world: World, amount: number) => unknown): Deed {
  return ({ world }, _, amount) => {
    deed(world, amount);
    return true;
  };
}
