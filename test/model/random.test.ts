import { expect, it } from "vitest";
import { COMMANDS } from "./plan";
import { runSteps } from "./shard";

/** Steps of a run in `npm test`; `node test/model/run.mjs` does many more. */
const STEPS = Number(process.env["MODEL_STEPS"] ?? 100_000);
/** Within so many steps every command comes at least once. */
const ENOUGH_FOR_ALL = 1_500_000;

it("holds every invariant at each of a great many random steps, and gets whole or says why not", {
  timeout: 300_000,
}, async () => {
  // GIVEN / WHEN
  const { failure, steps, commands } = await runSteps(20_261_121, Math.max(STEPS, ENOUGH_FOR_ALL));
  // THEN
  expect(failure).toBeUndefined();
  expect(steps).toBeGreaterThanOrEqual(STEPS);
  expect(COMMANDS.filter((name) => commands[name] === undefined)).toEqual([]);
});
