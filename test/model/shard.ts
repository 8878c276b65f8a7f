import fc from "fast-check";
import type { CommandName } from "./deeds/deeds";
import { execute, type Verdict } from "./execute";
import { type Plan, plans } from "./plan";
import type { Mutation } from "./world/world";

/** What many runs came to. */
export interface Sum {
  readonly runs: number;
  readonly steps: number;
  readonly requests: number;
  readonly effects: number;
  readonly commands: Readonly<Partial<Record<CommandName, number>>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

/** The smallest plan found that violates something. */
export interface Failure {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];
}

export const NOTHING: Sum = { runs: 0, steps: 0, requests: 0, effects: 0, commands: {}, ends: {}, failures: [] };

/** Plans drawn in one go. */
const BATCH = 20;
/** Runs spent on making a failure smaller. */
const SHRINKS = 200;

/** Random runs until so many steps are done or an invariant is violated; the same for the same seed. */
export async function runSteps(seed: number, steps: number, mutation?: Mutation): Promise<Sum> {
  let sum = NOTHING;
  for (let batch = 0; sum.steps < steps; batch++) {
    for (const plan of fc.sample(fc.noBias(plans), { seed: seed + batch, numRuns: BATCH })) {
      const verdict = await execute(plan, mutation);
      sum = add(sum, sumOf(verdict));
      if (verdict.violations.length === 0) continue;
      const failure = { ...(await smallest(plan, verdict, mutation)), seed: seed + batch };
      return { ...sum, failures: [failure] };
    }
  }
  return sum;
}

/** Leaves out commands, many at first, as long as what is left violates the same invariant. */
async function smallest(plan: Plan, { violations }: Verdict, mutation?: Mutation): Promise<Omit<Failure, "seed">> {
  const [rule] = violations[0]?.split(" ") ?? [];
  let found = { plan, violations };
  let tries = 0;
  for (let size = Math.ceil(plan.commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = found.plan.commands.length - size; from > -size && tries < SHRINKS; from -= size, tries++) {
      const { commands } = found.plan;
      const left = commands.filter((_, place) => place < from || place >= from + size);
      const smaller = { ...plan, commands: left };
      const verdict = await execute(smaller, mutation);
      if (verdict.violations[0]?.split(" ")[0] === rule) found = { plan: smaller, violations: verdict.violations };
    }
  }
  return found;
}

function sumOf({ steps, requests, effects, commands, end }: Verdict): Sum {
  return { runs: 1, steps, requests, effects, commands, ends: { [end]: 1 }, failures: [] };
}

export function add(one: Sum, other: Sum): Sum {
  return {
    runs: one.runs + other.runs,
    steps: one.steps + other.steps,
    requests: one.requests + other.requests,
    effects: one.effects + other.effects,
    commands: plus(one.commands, other.commands),
    ends: plus(one.ends, other.ends),
    failures: [...one.failures, ...other.failures],
  };
}

/** Adds counts by name. */
function plus<Name extends string>(
  one: Readonly<Partial<Record<Name, number>>>,
  other: Readonly<Partial<Record<Name, number>>>,
): Record<Name, number> {
  const total = { ...one } as Record<Name, number>;
  for (const name of Object.keys(other) as Name[]) total[name] = (total[name] ?? 0) + (other[name] ?? 0);
  return total;
}
