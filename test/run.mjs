// Runs every tier of tests, quickest first, and prints the sum. A tier that cannot run here fails and says what is
// missing; none is skipped. `npm test -- unit terraform` runs the named tiers alone.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "cdktf-swarm-test-"));
const report = join(scratch, "report.json");

/** Runs a command with its output shown; true when it exited with 0. */
const succeeds = (command, args) => spawnSync(command, args, { stdio: "inherit" }).status === 0;

const outcome = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1 });

/** A check that passes or fails as a whole. */
const check = (...command) => outcome(succeeds("npx", ["--no", "--", ...command]));

/** A vitest project, counted test by test; a file that cannot be loaded counts as a failure. */
const project = (name) => {
  rmSync(report, { force: true });
  const args = ["--no", "--", "vitest", "run", "--project", name, "--reporter=dot", "--reporter=json"];
  const green = succeeds("npx", [...args, `--outputFile.json=${report}`]);
  try {
    const { numPassedTests: passed, numTotalTests: total } = JSON.parse(readFileSync(report, "utf8"));
    return { passed, failed: Math.max(total - passed, green ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

const tiers = {
  tools: () => outcome(succeeds("bash", ["test/install-tools.sh"])),
  build: () => outcome(succeeds(process.execPath, ["build.mjs"])),
  lint: () => check("biome", "check", "--error-on-warnings", "."),
  python: () => outcome(succeeds("bash", ["test/lint-python.sh"])),
  imports: () => check("depcruise", "lib", "stacks", "bench", "--config", ".dependency-cruiser.cjs"),
  unused: () => check("knip"),
  types: () => check("tsc", "--noEmit", "-p", "test/tsconfig.json"),
  unit: () => project("unit"),
  emulator: () => project("emulator"),
  model: () => project("model"),
  terraform: () => project("terraform"),
  lab: () => project("lab"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in tiers));
if (unknown.length > 0) {
  console.error(`no such tier: ${unknown.join(", ")}; there are ${Object.keys(tiers).join(", ")}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const [name, run] of Object.entries(tiers)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  console.log(`\n── ${name}`);
  const result = run();
  passed += result.passed;
  failed += result.failed;
  console.log(
    `── ${name}: ${result.passed} passed, ${result.failed} failed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
