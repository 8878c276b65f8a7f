import { expect, test } from "vitest";
import { CASES } from "../lab/faults/cases";
import { allowance } from "../lab/faults/region";

test("bounds are as they are where AWS is quick", () => {
  expect(CASES.map(({ number }) => allowance(number, "quick"))).toEqual(CASES.map(() => 0));
});

test("a replaced manager waits in a region for its end, an answer that knows of it, Auto Scaling and a launch", () => {
  expect(allowance(9, "region")).toBe(120 + 30 + 120 + 40);
});

test("a fault that waits for nothing of AWS has the same bounds in a region", () => {
  expect(allowance(8, "region")).toBe(0);
});

test("every case has a number of its own, but for the formations, which are one", () => {
  const numbers = CASES.map(({ number }) => number).filter((number) => number !== 1);
  expect(new Set(numbers).size).toBe(numbers.length);
});
