import fc from "fast-check";
import { type Plan, plansOf } from "../plan";
import { FOUNDING } from "./founding";
import { HEALING } from "./healing";
import { MEMBERSHIP } from "./membership";
import type { Mutant } from "./mutant";
import { SLOTS } from "./slots";

/** Agents that break one rule of the protocol each: what the model is to catch. */
export const MUTANTS: Readonly<Record<string, Mutant>> = { ...FOUNDING, ...MEMBERSHIP, ...SLOTS, ...HEALING };

/** The plan a mutant is tried with. */
export function planFor({ commands }: Pick<Mutant, "commands">, seed: number): Plan {
  if ("script" in commands) {
    const { slots, formed = true, script } = commands;
    return { seed, slots, workers: 0, formed, commands: script };
  }
  const [plan] = fc.sample(fc.noBias(plansOf(commands)), { seed, numRuns: 1 });
  if (plan === undefined) throw new Error("no plan");
  return plan;
}
