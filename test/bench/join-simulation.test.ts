import { beforeAll, describe, expect, test } from "vitest";
import { type JoinRun, runJoin } from "../../bench/simulation/join-run";

/** The simulation of the bench at a size that takes a second. */
describe("thirty workers that join three managers", () => {
  let run: JoinRun;

  beforeAll(async () => {
    run = await runJoin({ workers: 30, startWithin: 1_000 });
  });

  test("fails when the simulated swarm does not become whole, or its agents stumble", () => {
    expect(run.joined).toBeLessThan(60_000);
    expect(run.labelled).toBeLessThan(60_000);
    expect(run.published).toBeLessThan(60_000);
    expect([...run.failures]).toEqual([]);
    expect(run.joining.throttled).toBe(0);
    expect(run.updatesPerSecond).toBeLessThanOrEqual(20);
  });

  test("fails when the simulation does not count what it is there for", () => {
    // Every worker is labelled, and both followers promoted.
    expect(run.busiestMinute.updates).toBeGreaterThanOrEqual(32);
    expect(run.busiestMinute.registryRequests).toBeGreaterThan(10);
    expect(run.busiestMinute.scannedBytes).toBeGreaterThan(run.table);
    expect(run.busiestMinute.processor).toBeGreaterThan(0);
    expect(run.joining.requests).toBeGreaterThan(30);
    expect(run.joining.table.writes).toBeGreaterThan(0);
    expect(run.joining.record.reads).toBeGreaterThan(0);
    // A leader at rest changes no node; its proof that it can write (P20) is none.
    expect(run.idleMinute.updates).toBe(0);
    expect(run.idleWorker).toBeGreaterThan(0);
    expect(run.idleWorker).toBeLessThanOrEqual(4);
    expect(run.idleManager).toBeLessThanOrEqual(4);
  });
});
