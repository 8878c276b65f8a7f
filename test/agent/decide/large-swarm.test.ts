import { expect, it } from "vitest";
import { itemSize, LARGEST_ITEM } from "../../support/simulation/item-size";
import { summaryOf, workers } from "./given";

it("the summary of a swarm fits into a record that every node reads, however large the swarm and its trouble", () => {
  // GIVEN
  const nodes = [...workers(5_000), ...workers(3_000, { availability: "pause", state: "down" })];
  // WHEN
  const summary = summaryOf(nodes);
  // THEN
  expect(summary.members).toHaveLength(100);
  expect(summary.counted?.map(({ count }) => count)).toEqual([2_901, 5_000]);
  expect(summary.faults).toHaveLength(51);
  expect(itemSize({ summary })).toBeLessThan(LARGEST_ITEM / 10);
});
