import fc from "fast-check";
import { execute, type Verdict } from "./execute";
import { type CommandName, type Plan, plans } from "./plan";
import type { Mutation } from "./world/world";

/** What many runs came to. */
export interface Sum {
  readonly runs: number;
  readonly steps: number;
  readonly effects: number;
  readonly commands: Readonly<Partial<Record<CommandName, number>>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly failure?: Failure;
}

/** The smallest plan found that violates something. */
export interface Failure {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];
}

/** Plans tried in one go; a failure among them is made smaller. */
const BATCH = 20;

/** Random runs until so many steps are done or an invariant is violated; the same for the same seed. */
export async function runSteps(seed: number, steps: number, mutation?: Mutation): Promise<Sum> {
  let sum: Sum = { runs: 0, steps: 0, effects: 0, commands: {}, ends: {} };
  for (let batch = 0; sum.steps < steps && sum.failure === undefined; batch++) {
    const verdicts: Verdict[] = [];
    const property = fc.asyncProperty(fc.noBias(plans), async (plan) => {
      const verdict = await execute(plan, mutation);
      verdicts.push(verdict);
      return verdict.violations.length === 0;
    });
    const batchSeed = seed + batch;
    const found = await fc.check(property, { seed: batchSeed, numRuns: BATCH, interruptAfterTimeLimit: 120_000 });
    sum = verdicts.reduce(add, sum);
    const plan = found.counterexample?.[0];
    if (plan === undefined) continue;
    const { violations } = await execute(plan, mutation);
    return { ...sum, failure: { seed: batchSeed, plan, violations } };
  }
  return sum;
}

export function add(sum: Sum, { steps, effects, commands, end }: Verdict): Sum {
  return {
    runs: sum.runs + 1,
    steps: sum.steps + steps,
    effects: sum.effects + effects,
    commands: plus(sum.commands, commands),
    ends: plus(sum.ends, { [end]: 1 }),
  };
}

/** Adds counts by name. */
export function plus<Name extends string>(
  one: Readonly<Partial<Record<Name, number>>>,
  other: Readonly<Partial<Record<Name, number>>>,
): Record<Name, number> {
  const total = { ...one } as Record<Name, number>;
  for (const name of Object.keys(other) as Name[]) total[name] = (total[name] ?? 0) + (other[name] ?? 0);
  return total;
}
