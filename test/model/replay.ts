import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "./deeds/deeds";
import { execute } from "./execute";
import { MUTANTS, planFor } from "./mutants/mutants";
import type { Plan } from "./plan";
import type { Failure } from "./shard";
import type { Mutation } from "./world/world";

/** One run once more, and everything that was done and decided in it. */
export interface Replay {
  /** A line for each command of the plan and for each thing an agent said, in order: `MILLISECONDS WHO WHAT`. */
  readonly trace: readonly string[];
  readonly violations: readonly string[];
  /** Whether the swarm became whole, or why it cannot. */
  readonly end: string;
}

/** Writes a failure into a folder, for {@link replayFile}; returns the file. */
export function keepFailure(failure: Failure, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `failure-${failure.seed}.json`);
  writeFileSync(file, `${JSON.stringify(failure, undefined, 2)}\n`);
  return file;
}

/** Runs the plan of a file again: a failure that was kept, or a plan alone. */
export async function replayFile(file: string): Promise<Replay> {
  return await replay(planIn(readFileSync(file, "utf8")));
}

/** Runs the plan that catches a mutant again, with that mutant. */
export async function replayMutant(name: string): Promise<Replay> {
  const mutant = MUTANTS[name];
  if (mutant === undefined)
    throw new Error(`there is no mutant "${name}"; there are:\n${Object.keys(MUTANTS).join("\n")}`);
  return await replay(planFor(mutant, mutant.seed), mutant.mutation);
}

async function replay(plan: Plan, mutation?: Mutation): Promise<Replay> {
  const { world, violations, end } = await execute(plan, mutation, true);
  return { trace: world.lines, violations, end };
}

function planIn(text: string): Plan {
  const value = JSON.parse(text) as Partial<Failure> & Partial<Plan>;
  const { seed, slots, workers, formed, commands } = value.plan ?? value;
  if (seed === undefined || slots === undefined || workers === undefined || formed === undefined || !commands)
    throw new Error("a plan has seed, slots, workers, formed and commands; give the file that a failed run wrote");
  const unknown = commands.filter(({ name }) => !COMMANDS.includes(name)).map(({ name }) => name);
  if (unknown.length > 0) throw new Error(`no such command: ${unknown.join(", ")}; there are ${COMMANDS.join(", ")}`);
  return { seed, slots, workers, formed, commands };
}
