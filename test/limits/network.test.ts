import { expect, test } from "vitest";
import { overlap } from "../../lib/limits/network";

test.each([
  ["10.20.0.0/16", "10.20.128.0/17", true],
  ["10.20.0.0/16", "10.21.0.0/16", false],
  ["10.20.0.0/16", "no block", false],
  ["no block", "10.20.0.0/16", false],
])("whether %s and %s share an address: %s", (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});
