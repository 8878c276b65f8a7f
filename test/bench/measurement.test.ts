import { describe, expect, test } from "vitest";
import { formatMeasurements, isWithinLimit, median } from "../../bench/measurement";

describe("median", () => {
  test("is not moved by one slow run", () => {
    expect(median([0.4, 9, 0.3, 0.5, 0.4])).toBe(0.4);
    expect(median([1, 2])).toBe(1.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("formatMeasurements", () => {
  test("marks what is over its limit", () => {
    const measurements = [
      { name: "synth", value: 0.5, unit: "s", limit: 0.5 },
      { name: "lab up", value: 91.234, unit: "s", limit: 90 },
      { name: "ratio", value: 1.5, unit: "×" },
    ] as const;
    expect(measurements.map(isWithinLimit)).toEqual([true, false, true]);
    expect(formatMeasurements(measurements).split("\n")).toEqual([
      "synth        0.50 s  at most 0.5 s",
      "lab up      91.23 s  at most 90 s  OVER",
      "ratio        1.50 ×",
    ]);
  });
});
