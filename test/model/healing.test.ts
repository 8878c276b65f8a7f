import { describe, expect, it } from "vitest";
import { execute } from "./execute";
import { step } from "./mutants/mutant";
import type { Command } from "./plan";

/** Three managers and a worker, formed; what is done to them, and what comes of it without a person's help. */
async function endOf(commands: readonly Command[], seed: number) {
  return execute({ seed, slots: 3, workers: 1, formed: true, commands });
}

const MACHINES = [
  ["a manager", 0],
  ["another manager", 1],
  ["a third one", 2],
  ["a worker", 3],
] as const;

describe.each(MACHINES)("%s", (_, target) => {
  it.each([
    ["loses its swarm state", [step("lose state", target)]],
    [
      "loses its swarm state and finds it again",
      [step("lose state", target), step("moment", 0, 1), step("restore state")],
    ],
    ["leaves by hand", [step("leave by hand", target)]],
    ["has a full disk for a while, and its dockerd gets over it", [step("fill disk", target, 0.6)]],
    ["has a full disk for a while, and its dockerd does not", [step("fill disk", target, 0.4)]],
  ])("is a member again by itself after it %s", async (_what, commands) => {
    // WHEN
    const { end, violations } = await endOf(commands, 3 + target);
    // THEN
    expect(violations).toEqual([]);
    expect(end).toBe("whole");
  });
});

it("a swarm whose dockerds all got over a full disk goes on being led", async () => {
  // GIVEN
  const full = [0, 1, 2].flatMap((target) => [
    step("fill disk", target, 0.6),
    step("minute", 0, 1),
    step("minute", 0, 1),
  ]);
  // WHEN
  const { end, violations } = await endOf([...full, step("terminate instance", 3), step("launch worker")], 5);
  // THEN
  expect(violations).toEqual([]);
  expect(end).toBe("whole");
});

it.each([0, 0.9])("a worker that was removed by force joins again, whether it is told or not (%d)", async (amount) => {
  // WHEN
  const { end, violations } = await endOf([step("remove by hand", 0, amount)], 5);
  // THEN
  expect(violations).toEqual([]);
  expect(end).toBe("whole");
});

it.each([1, 2, 3, 4])("no manager is taken out while the newest reads the log (seed %d)", async (seed) => {
  // GIVEN
  const successors = Array.from({ length: 30 }, () => [
    step("moment", 0, 0.9),
    ...Array.from({ length: 4 }, (_, target) => step("slow replay", target, 1)),
  ]).flat();
  const commands = [
    step("replace slot", 0),
    ...successors,
    step("replace slot", 1),
    ...successors,
    step("replace slot", 2),
    ...successors,
  ];
  // WHEN
  const { violations } = await endOf(commands, seed);
  // THEN
  expect(violations).toEqual([]);
});
