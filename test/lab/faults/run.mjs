// Runs the fault matrix on real labs: `npm run test:faults`, or the named cases alone: `npm run test:faults -- 6 8 9`.
// `--timings region` lets AWS take its time, and adds to the bounds what it may draw.
// FAULTS_REPEAT (default 3) times each in a row. Writes .lab-report/faults.md and faults.json, and prints the table.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const folder = join(root, ".lab-report");
const results = join(folder, "results.jsonl");
let options;
try {
  options = parseArgs({ allowPositionals: true, options: { timings: { type: "string", default: "quick" } } });
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const cases = options.positionals;
const { timings } = options.values;
if (!["quick", "region"].includes(timings)) {
  console.error(`--timings ${timings}: write quick or region`);
  process.exit(2);
}
const wrong = cases.find((word) => !/^([1-9]|[12]\d|3[0-6])$/.test(word));
if (wrong !== undefined) {
  console.error(`${wrong}: write numbers of cases, 1 to 36`);
  process.exit(2);
}

// All but the record of a lab that an earlier run could not take down: the stage does that first.
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder))
  if (name !== "lab") rmSync(join(folder, name), { recursive: true, force: true });
const { status } = spawnSync("npx", ["--no", "--", "vitest", "run", "--project", "faults", "--reporter=verbose"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FAULTS_CASES: cases.join(","), FAULTS_TIMINGS: timings },
});

const runs = existsSync(results)
  ? readFileSync(results, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];
const titles = [...new Set(runs.map(({ title }) => title))];
const byCase = titles.map((title) => runs.filter((run) => run.title === title));

/** A measurement of every lap: `a new leader: 21.4, 19.8, 22.0 s of 65`. */
const timesOf = (laps) => {
  const names = [...new Set(laps.flatMap(({ times }) => times.map(({ what }) => what)))];
  return names
    .map((name) => {
      const found = laps.flatMap(({ times }) => times.filter(({ what }) => what === name));
      return `${name}: ${found.map(({ seconds }) => seconds.toFixed(1)).join(", ")} s of ${Math.round(found[0].bound)}`;
    })
    .join("; ");
};
const rows = byCase.map((laps) => {
  const passed = laps.filter((lap) => lap.passed).length;
  return `| ${laps[0].number} | ${laps[0].title} | ${passed} of ${laps.length} | ${timesOf(laps)} |`;
});
const table = ["| # | fault | passed | times |", "|---|---|---|---|", ...rows].join("\n");
const failures = runs
  .filter(({ passed }) => !passed)
  .map(({ number, lap, faults }) => `case ${number}, run ${lap}: ${faults.join("\n  ")}`);

writeFileSync(join(folder, "faults.json"), `${JSON.stringify(runs, null, 2)}\n`);
writeFileSync(join(folder, "faults.md"), `${[table, ...failures].join("\n\n")}\n`);
console.log(`\n${[table, ...failures].join("\n\n")}\n`);
const passed = runs.filter((run) => run.passed).length;
// A run that ended before it could say how is a failure too.
const failed = runs.length - passed + (status !== 0 && passed === runs.length ? 1 : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
