import { describe, expect, it } from "vitest";
import { execute } from "./execute";
import { MUTANTS, planFor } from "./mutants/mutants";

describe.each(Object.entries(MUTANTS))("the mutant: %s", (_, mutant) => {
  it("is caught at its recorded seed, where the protocol itself holds", { timeout: 30_000 }, async () => {
    // GIVEN
    const plan = planFor(mutant, mutant.seed);
    // WHEN
    const sound = await execute(plan);
    const broken = await execute(plan, mutant.mutation);
    // THEN
    expect(sound.violations).toEqual([]);
    expect(broken.violations[0]).toMatch(mutant.caughtBy);
  });
});
