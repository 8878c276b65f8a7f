// Tries drawn mutants with Stryker: with those unit tests that reach them, until one fails.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";

/** What became of each drawn mutant, and of others within the same ranges of code. */
export async function tryMutants(drawn, scratch) {
  // Stryker's own processes read it.
  process.env["MUTATION_DRAWN"] = join(scratch, "drawn.json");
  writeFileSync(process.env["MUTATION_DRAWN"], JSON.stringify(drawn.map(({ identity }) => identity)));
  const stryker = new Stryker({
    mutate: drawn.map(rangeOf),
    plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/drawn-only.mjs"],
    checkers: ["drawn-only"],
    testRunner: "vitest",
    vitest: { configFile: "test/mutation/vitest.config.mts" },
    coverageAnalysis: "perTest",
    // One that checks and one that tests; both test once all are checked.
    concurrency: 2,
    dryRunTimeoutMinutes: 15,
    timeoutMS: 60_000,
    timeoutFactor: 4,
    // Vitest strips the types without looking at them.
    disableTypeChecks: false,
    ignorePatterns: [".lab", "cdktf.out"],
    allowConsoleColors: false,
    reporters: ["progress-append-only"],
  });
  return stryker.runMutationTest();
}

/** Lines from 1 and columns from 0, as Stryker's option `mutate` has them. */
function rangeOf({ file, location: { start, end } }) {
  return `${file}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
}
