import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "./deeds/deeds";
import { keepFailure } from "./replay";
import { runShards } from "./shards";

/** Steps in `npm test`; `npm run test:model` asks for many more. */
const STEPS = Number(process.env["MODEL_STEPS"] ?? 100_000);
const SEED = Number(process.env["MODEL_SEED"] ?? 20_261_121);

const ROOT = resolve(__dirname, "../..");

it("holds every invariant at each of a great many random steps, and gets whole or says why not", {
  // For what hangs, not for what is slow: on two busy cores, 310,000 steps took ten minutes.
  timeout: 900_000 + STEPS * 5,
}, async () => {
  // GIVEN
  const started = Date.now();
  // WHEN
  const { failures, runs, steps, requests, effects, commands, ends } = await runShards(SEED, STEPS);
  // THEN
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  console.log(`${runs} runs, ${steps} steps, ${effects} effects, ${requests} requests in ${seconds} s`);
  console.log("commands", commands);
  console.log("ends", ends);
  const told = failures.map((failure) => {
    const file = relative(ROOT, keepFailure(failure, join(ROOT, ".model")));
    // In a log that outlives the machine, the plan itself is of use.
    console.log(JSON.stringify(failure));
    return `${failure.violations.join("; ")}: npm run test:model -- --replay ${file}`;
  });
  expect(told).toEqual([]);
  expect(steps).toBeGreaterThanOrEqual(STEPS);
  expect(COMMANDS.filter((name) => commands[name] === undefined)).toEqual([]);
});
