import { describe, expect, test } from "vitest";
import { itemSize, LARGEST_ITEM } from "../support/simulation/item-size";
import { SimulatedRegistry } from "../support/simulation/registry";

describe("itemSize", () => {
  test("fails when an item is not measured by DynamoDB's rules", () => {
    expect(itemSize({ name: "value" })).toBe(9);
    expect(itemSize({ name: "é" })).toBe(6);
    expect(itemSize({ n: 12_345 })).toBe(1 + 4);
    expect(itemSize({ b: true, absent: undefined })).toBe(2);
    // Three bytes for a list or a map, and one for each of its elements.
    expect(itemSize({ l: ["ab", "c"] })).toBe(1 + 3 + 2 + 3);
    expect(itemSize({ m: { k: "ab" } })).toBe(1 + 3 + 1 + 3);
  });
});

test("fails when the simulated registry takes an item that DynamoDB refuses", async () => {
  const registry = new SimulatedRegistry().port(() => {});
  const write = (length: number) =>
    registry.change({ updates: [{ key: "cluster", set: { text: "x".repeat(length) }, when: [] }] });

  await expect(write(LARGEST_ITEM - 1_000)).resolves.toEqual({ made: true });
  await expect(write(LARGEST_ITEM)).rejects.toThrow("exceeded the maximum allowed size");
});
