// Mutated environment files and construct properties at full length. FUZZ_SEED (default: a new one each time), FUZZ_FILES
// (10,000), FUZZ_PROPS (2,000) and FUZZ_SCHEMAS (5,000) may be set; a run is told by its seed.
// It goes by rounds, each in a process and of a seed of its own: cdktf keeps every token of every synthesis until its
// process ends, and some 2,000 of them fill four gigabytes.
import { spawnSync } from "node:child_process";

const LARGEST_ROUND = { FUZZ_FILES: 500, FUZZ_PROPS: 100 };
const DEFAULTS = { FUZZ_FILES: 10_000, FUZZ_PROPS: 2_000, FUZZ_SCHEMAS: 5_000 };

const wanted = (name) => Number(process.env[name] ?? DEFAULTS[name]);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);

/** Runs tests of the unit tier; true if they passed. */
const passes = (tests, settings) => {
  const line = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  console.log(`\n── ${line.join(" ")} vitest run --project unit ${tests.join(" ")}`);
  const env = { FUZZ_TIMEOUT_SECONDS: "7200", ...process.env };
  for (const [name, value] of Object.entries(settings)) env[name] = String(value);
  const args = ["--no", "--", "vitest", "run", "--project", "unit", ...tests];
  return spawnSync("npx", args, { stdio: "inherit", env }).status === 0;
};

const sizes = Object.entries(LARGEST_ROUND);
const rounds = Math.max(...sizes.map(([name, largest]) => Math.ceil(wanted(name) / largest)));
const round = Object.fromEntries(sizes.map(([name]) => [name, Math.ceil(wanted(name) / rounds)]));

const outcomes = [
  passes(["test/config/schema-agreement.test.ts"], { FUZZ_SEED: seed, FUZZ_SCHEMAS: wanted("FUZZ_SCHEMAS") }),
];
for (let index = 0; index < rounds; index++)
  outcomes.push(passes(["test/fuzz"], { FUZZ_SEED: seed + index, ...round }));

const failed = outcomes.filter((passed) => !passed).length;
console.log(`FUZZ_SEED=${seed} ${failed === 0 ? "passed" : `failed in ${failed} of ${outcomes.length} rounds`}`);
process.exitCode = failed === 0 ? 0 : 1;
