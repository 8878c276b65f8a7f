// The model of the membership protocol at full length: MODEL_STEPS random steps (default 1,000,000) from MODEL_SEED, the
// exhaustive search of two slots, and every mutant.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-model-"));
const report = join(folder, "report.json");
const started = Date.now();

try {
  const args = ["--no", "--", "vitest", "run", "--project", "model", "--reporter=default", "--reporter=json"];
  const env = { MODEL_STEPS: "1000000", ...process.env };
  const { status } = spawnSync("npx", [...args, `--outputFile.json=${report}`], { stdio: "inherit", env });
  const { numPassedTests: passed, numTotalTests: total } = JSON.parse(readFileSync(report, "utf8"));
  const failed = Math.max(total - passed, status === 0 ? 0 : 1);
  console.log(`${Math.round((Date.now() - started) / 1000)} s\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
