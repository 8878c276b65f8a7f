import { describe, expect, it } from "vitest";
import { fraction } from "../../lib/agent/back-off";
import type { Memory } from "../../lib/agent/memory";
import type { Observation } from "../../lib/agent/model";
import { planReads, tickInterval } from "../../lib/agent/observe/plan";
import { managerSettings, workerSettings } from "../support/simulation/settings";
import {
  clusterRecord,
  leaderSees,
  manager,
  memory,
  NOW,
  observation,
  publishedRecord,
  seen,
  worker,
} from "./decide/given";

const WORKER = workerSettings();

/** Whether a worker that saw this reads the cluster record now. */
function looks(last: Observation | undefined, remembered: Memory, settings = WORKER): boolean {
  return planReads(last, remembered, settings, NOW, NOW).cluster;
}

describe("the leader at rest", () => {
  it("looks every two seconds, and less often at a swarm whose list takes long to read", () => {
    // GIVEN
    const labels = { az: "eu-west-1a", pool: "general" };
    const swarm = (count: number) =>
      leaderSees([manager(0), ...Array.from({ length: count - 1 }, (_, index) => worker(`w${index}`, { labels }))]);
    const rested = memory({ swarmChange: { signature: "", at: NOW - 600_000 } });
    const interval = (count: number) => tickInterval(swarm(count), rested, managerSettings(0, 1), false);
    // WHEN / THEN
    expect(interval(5)).toBe(2_000);
    expect(interval(1_000)).toBe(2_000);
    expect(interval(5_000)).toBe(10_000);
  });
});

describe("a node that waits", () => {
  it.each([
    [0, 250],
    [119_999, 250],
    [120_000, 1_000],
    [599_999, 1_000],
    [600_000, 5_000],
  ])(
    "for %i milliseconds looks again after %i: what takes long may be waited for with patience",
    (waited, interval) => {
      const waiting = observation({ cluster: seen(clusterRecord({ phase: "forming" })) });
      expect(tickInterval(waiting, memory({ unsettledSince: NOW - waited }), WORKER, false)).toBe(interval);
    },
  );
});

describe("the leader while something moves", () => {
  it("looks ten times a second, and less often at a swarm whose list takes long to read", () => {
    // GIVEN
    const labels = { az: "eu-west-1a", pool: "general" };
    const swarm = (count: number) =>
      leaderSees([manager(0), ...Array.from({ length: count - 1 }, (_, index) => worker(`w${index}`, { labels }))]);
    const moving = memory({ swarmChange: { signature: "", at: NOW } });
    const interval = (count: number) => tickInterval(swarm(count), moving, managerSettings(0, 1), false);
    // WHEN / THEN
    expect(interval(5)).toBe(100);
    expect(interval(400)).toBe(200);
    expect(interval(5_000)).toBe(500);
  });
});

describe("what many workers ask of one record", () => {
  it("is spread over two seconds when they start together", () => {
    // GIVEN
    const unread = observation({ cluster: undefined });
    const place = fraction(unread.self.instanceId) * 2_000;
    const started = (ago: number) => memory({ startedAt: NOW - ago });
    // WHEN / THEN
    expect(looks(undefined, started(0))).toBe(false);
    expect(looks(unread, started(place - 1))).toBe(false);
    expect(looks(unread, started(place + 1))).toBe(true);
    expect(tickInterval(unread, started(0), WORKER, false)).toBeCloseTo(Math.min(place, 5_000));
  });

  it("does not wait when it is a manager's", () => {
    expect(looks(undefined, memory(), managerSettings(0))).toBe(true);
  });

  it("is asked every two seconds while they wait for the managers", () => {
    // GIVEN
    const waiting = (ago: number) => observation({ cluster: seen(clusterRecord({ phase: "forming" }), ago) });
    const remembered = memory({ unsettledSince: NOW - 5_000 });
    // WHEN / THEN
    expect(looks(waiting(1_999), remembered)).toBe(false);
    expect(looks(waiting(2_000), remembered)).toBe(true);
    const forLong = { ...remembered, unsettledSince: NOW - 600_000 };
    expect(looks(waiting(4_999), forLong)).toBe(false);
    expect(looks(waiting(5_000), forLong)).toBe(true);
  });

  it.each([
    [5_000, 2_000],
    [2_001, 2_000],
    [1_000, 1_000],
    [400, 400],
    [5, 250],
  ])("is asked by each of %i once in %i milliseconds, once the leader has counted them", (count, interval) => {
    // GIVEN
    const summary = { members: [], waiting: count, faults: [], updatedAt: "" };
    const record = clusterRecord({ phase: "forming", summary });
    const waiting = (ago: number) => observation({ cluster: seen(record, ago) });
    const remembered = memory({ unsettledSince: NOW - 5_000 });
    // WHEN / THEN
    expect(looks(waiting(interval - 1), remembered)).toBe(false);
    expect(looks(waiting(interval), remembered)).toBe(true);
  });

  it("is not asked until their turn to join has come, and then at once", () => {
    // GIVEN
    const summary = { members: [], waiting: 5_000, faults: [], updatedAt: "" };
    const last = observation({ cluster: seen(publishedRecord({ summary }), 20_000) });
    const turn = fraction(last.self.instanceId) * 250_000;
    const since = (ago: number) => memory({ unsettledSince: NOW - ago, joinableSince: NOW - ago });
    // WHEN / THEN
    expect(looks(last, since(turn - 1))).toBe(false);
    expect(looks(last, since(turn + 1))).toBe(true);
    expect(tickInterval(last, since(turn - 1_000), WORKER, false)).toBeCloseTo(1_000);
  });
});
