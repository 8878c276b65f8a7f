// The quick loop after an edit: types, lint, the rooms' imports and the unit tests of what changed, side by side.
// `npm run check` looks at what is not committed; `npm run check -- main` at what has changed since that commit.
import { spawn } from "node:child_process";

const [since, ...rest] = process.argv.slice(2);
if (rest.length > 0 || since?.startsWith("-")) {
  console.error(`npm run check takes one commit, got ${process.argv.slice(2).join(" ")}: write npm run check -- main`);
  process.exit(2);
}

const notes = "node_modules/.cache/check.tsbuildinfo";
const types = ["tsc", "--noEmit", "-p", "test/tsconfig.json", "--incremental", "--tsBuildInfoFile", notes];
const tests = ["vitest", "run", "--project", "unit", "--project", "emulator", "--passWithNoTests", "--reporter=dot"];
const checks = {
  types,
  lint: ["biome", "check", "--error-on-warnings", "."],
  imports: ["depcruise", "lib", "stacks", "bench", "--config", ".dependency-cruiser.cjs", "--cache"],
  tests: [...tests, "--changed", ...(since === undefined ? [] : [since])],
};

/** Runs a command; resolves to how it ended and all that it printed. */
const run = (command) =>
  new Promise((resolve) => {
    const started = Date.now();
    const child = spawn("npx", ["--no", "--", ...command], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (printed += data));
    child.on("close", (code) => resolve({ code, printed, seconds: Math.round((Date.now() - started) / 1000) }));
  });

const started = Date.now();
const outcomes = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const { code, printed, seconds } = await run(command);
    if (code !== 0) console.log(`\n── ${name}\n${printed.trim()}`);
    console.log(`── ${name}: ${code === 0 ? "passed" : "failed"}, ${seconds} s`);
    return code === 0;
  }),
);
console.log(`${Math.round((Date.now() - started) / 1000)} s`);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
