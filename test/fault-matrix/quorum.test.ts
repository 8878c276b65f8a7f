import { describe, expect, test } from "vitest";
import { quorumLoss } from "../lab/faults/watch/quorum";
import { engine, manager, sample } from "./given";

const SECOND = 1_000;
const alone = [manager(0)];
const joined = (reachability: string) => [manager(0), manager(1, reachability)];
const looks = (...members: readonly (readonly ReturnType<typeof manager>[])[]) =>
  members.map((each, second) => sample({ time: second * SECOND, members: each }));
const leaderless = (time: number) => sample({ time, engines: { "i-0": engine("node-0") } });

describe("the quorum", () => {
  test("fails when a member that does not answer is overlooked", () => {
    expect(quorumLoss(looks(joined("reachable"), joined("unreachable")))).toContain("the quorum was lost");
  });

  test("fails when a member that has just been added is held against a swarm of one", () => {
    expect(quorumLoss(looks(alone, joined("unreachable"), joined("reachable")))).toBeUndefined();
  });

  test("fails when a new member that never answers is overlooked", () => {
    expect(quorumLoss(looks(alone, joined("unreachable"), joined("unreachable")))).toContain("the quorum was lost");
  });

  test.each([
    [30_000, false],
    [30_001, true],
  ])("fails when %i ms without a leader count as a loss, or not: %s", (milliseconds, isLost) => {
    const lost = quorumLoss([sample({ time: 0 }), leaderless(milliseconds)]);
    expect(lost !== undefined).toBe(isLost);
  });
});
