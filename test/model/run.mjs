// The model of the membership protocol at full length: MODEL_STEPS random steps (default 1,000,000) from MODEL_SEED, the
// exhaustive search of two slots, and every mutant. `--replay FILE` runs one plan again, as a failed run wrote it, and
// prints all that was decided; `--mutant NAME` does so with a mutant and the plan that catches it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Runs every test of the model; returns the exit code. */
function test(folder) {
  const started = Date.now();
  const report = join(folder, "report.json");
  const args = ["--no", "--", "vitest", "run", "--project", "model", "--reporter=default", "--reporter=json"];
  const env = { MODEL_STEPS: "1000000", ...process.env };
  const { status } = spawnSync("npx", [...args, `--outputFile.json=${report}`], { stdio: "inherit", env });
  const { numPassedTests: passed, numTotalTests: total } = JSON.parse(readFileSync(report, "utf8"));
  const failed = Math.max(total - passed, status === 0 ? 0 : 1);
  console.log(`${Math.round((Date.now() - started) / 1000)} s\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** Runs one plan, and prints its trace; returns the exit code: 1 if an invariant is violated. */
async function replay(folder, option, value) {
  const outfile = join(folder, "replay.cjs");
  const entry = join(dirname(fileURLToPath(import.meta.url)), "replay.ts");
  const settings = { bundle: true, platform: "node", target: "node20", mainFields: ["module", "main"] };
  await build({ entryPoints: [entry], outfile, ...settings, logLevel: "warning" });
  const { replayFile, replayMutant } = createRequire(import.meta.url)(outfile);
  try {
    const { trace, violations, end } = await (option === "--mutant" ? replayMutant(value) : replayFile(value));
    console.log([...trace, `end: ${end}`, ...violations].join("\n"));
    return violations.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`${option} ${value}: ${error.message}`);
    return 2;
  }
}

const [option, value, ...more] = process.argv.slice(2);
const isReplay = (option === "--replay" || option === "--mutant") && value !== undefined && more.length === 0;
if (option !== undefined && !isReplay) {
  console.error("usage: npm run test:model [-- --replay FILE | -- --mutant NAME]");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-model-"));
try {
  process.exitCode = isReplay ? await replay(folder, option, value) : test(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
