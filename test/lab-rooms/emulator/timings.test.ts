import { expect, test } from "vitest";
import { keptTimings, longestSeconds, newTimings } from "../../../lib/lab/emulator/timings";

const region = { profile: "region", seed: 7 } as const;

test.each([[{}], [{ timings: "region" }], [{ timings: "region", seed: 7 }], [{ seed: 7 }]] as const)(
  "a lab that is up keeps its timings when it is asked for %j",
  (asked) => {
    expect(keptTimings(region, asked)).toEqual(region);
  },
);

test.each([[{ timings: "quick" }], [{ seed: 8 }]] as const)(
  "a lab that is up refuses %j, and says which timings it has",
  (asked) => {
    expect(() => keptTimings(region, asked)).toThrow("the lab is up with region timings, seed 7");
  },
);

test("a lab that comes up is quick unless something else is asked for, with a seed that is written down", () => {
  expect(newTimings({})).toEqual({ profile: "quick", seed: expect.any(Number) });
  expect(newTimings({ timings: "region", seed: 7 })).toEqual(region);
});

test("what commands wait for takes longer in a region", () => {
  expect(longestSeconds("quick", "shuttingDown")).toBeLessThan(1);
  expect(longestSeconds("region", "shuttingDown")).toBe(120);
});
