import { afterAll, describe, expect, test } from "vitest";
import { CASES } from "./cases";
import { addResult } from "./report";
import { Stage } from "./stage";

/** Longer than any case with its lab and twice its bounds. */
const CASE_MILLISECONDS = 30 * 60_000;

const laps = Number(process.env["FAULTS_REPEAT"] ?? 3);
const wanted = (process.env["FAULTS_CASES"] ?? "").split(",").filter((number) => number !== "");
const chosen = CASES.filter(({ number }) => wanted.length === 0 || wanted.includes(String(number)));

describe("the fault matrix", () => {
  const stage = new Stage();

  afterAll(() => stage.clear());

  // Those that share a lab first: a lab of one's own takes it down.
  const ordered = [...chosen.filter(({ own }) => own === undefined), ...chosen.filter(({ own }) => own !== undefined)];
  for (const fault of ordered)
    for (let lap = 1; lap <= laps; lap++)
      test(
        `${fault.number}. ${fault.title} (${lap} of ${laps})`,
        async () => {
          const result = await stage.run(fault, lap);
          addResult(result);
          expect(result.faults).toEqual([]);
        },
        CASE_MILLISECONDS,
      );
});
