// Mutated environment files and construct properties at full length. FUZZ_SEED (default: a new one each time), FUZZ_FILES
// (10,000), FUZZ_PROPS (2,000) and FUZZ_SCHEMAS (5,000) may be set; a run is told by its seed.
import { spawnSync } from "node:child_process";

const defaults = { FUZZ_FILES: "10000", FUZZ_PROPS: "2000", FUZZ_SCHEMAS: "5000", FUZZ_TIMEOUT_SECONDS: "7200" };
const seed = process.env["FUZZ_SEED"] ?? String(Date.now() % 2 ** 31);
const tests = ["test/fuzz", "test/config/schema-agreement.test.ts"];
console.log(`FUZZ_SEED=${seed}`);
const { status } = spawnSync("npx", ["--no", "--", "vitest", "run", "--project", "unit", ...tests], {
  stdio: "inherit",
  env: { ...defaults, ...process.env, FUZZ_SEED: seed },
});
console.log(`FUZZ_SEED=${seed} ${status === 0 ? "passed" : "failed"}`);
process.exitCode = status ?? 1;
