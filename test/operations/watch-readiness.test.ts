import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OperationError } from "../../lib/errors";
import type { ReadinessReport } from "../../lib/operations/readiness";
import type { NodeRecords, RegistryReader } from "../../lib/operations/registry-reader";
import { type WatchOptions, watchReadiness } from "../../lib/operations/watch-readiness";
import type { ClusterRecord, SlotRecord } from "../../lib/registry/records";
import { cluster, manager, nodeRecord, slotRecord, WRITTEN_AT, worker } from "./fixtures";

const expected = { managers: 1, pools: [{ name: "general", desired: 1 }] };
const good = cluster([manager(0), worker("general", 1)]);
const forming = cluster([], { phase: "forming" });

/** A registry whose cluster record goes through the given answers, and stays at the last. */
function reader(answers: readonly (ClusterRecord | Error)[], records: Partial<NodeRecords> = {}): RegistryReader {
  let look = 0;
  return {
    getCluster: async () => {
      const answer = answers[Math.min(look++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    getSlot: async () => undefined,
    scanNodes: async () => ({ nodes: [], slots: [], tombstones: [], ...records }),
  };
}

function failure(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

function options(change: Partial<WatchOptions> = {}): WatchOptions {
  return { cluster: "apps", timeoutSeconds: 60, place: { kind: "aws", region: "eu-west-1" }, ...change };
}

/** The error a wait ends with, after so much time. */
async function failureOf(wait: Promise<unknown>, seconds = 120): Promise<OperationError> {
  const ended = wait.then(
    () => new OperationError("Unexpected", "did not fail"),
    (error: OperationError) => error,
  );
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  return ended;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("watchReadiness", () => {
  test("returns as soon as the swarm is Ready, having looked twice a second", async () => {
    // GIVEN
    const seen: [number, boolean][] = [];
    const onUpdate = (report: ReadinessReport, elapsed: number): void => {
      seen.push([elapsed, report.ready]);
    };
    // WHEN
    const wait = watchReadiness(reader([forming, forming, good]), expected, options({ onUpdate }));
    await vi.advanceTimersByTimeAsync(10_000);
    // THEN
    expect((await wait).elapsedSeconds).toBe(1);
    expect(seen).toEqual([
      [0, false],
      [0.5, false],
      [1, true],
    ]);
  });

  test("does not wait at all for a swarm that is Ready, even with no time", async () => {
    expect((await watchReadiness(reader([good]), expected, options({ timeoutSeconds: 0 }))).report.ready).toBe(true);
  });

  test.each([
    ["ResourceNotFoundException", "the registry table is not there (yet)"],
    ["ProvisionedThroughputExceededException", "the registry is throttled by AWS, asking again"],
    ["TimeoutError", "the registry does not answer: TimeoutError"],
  ])("reports %s and goes on", async (name, words) => {
    // GIVEN
    const swarmLines: (string | undefined)[] = [];
    const onUpdate = (report: ReadinessReport): void => {
      swarmLines.push(report.lines[0]?.text);
    };
    // WHEN
    const wait = watchReadiness(reader([forming, failure(name), good]), expected, options({ onUpdate }));
    await vi.advanceTimersByTimeAsync(10_000);
    // THEN
    expect((await wait).report.ready).toBe(true);
    expect(swarmLines[1]).toBe(words);
  });

  test("keeps what was known of a slot while the registry does not answer", async () => {
    // GIVEN
    const slotLines: (string | undefined)[] = [];
    const onUpdate = (report: ReadinessReport): void => {
      slotLines.push(report.lines[1]?.text);
    };
    const registry = reader([cluster([manager(0)]), failure("TimeoutError"), good]);
    // WHEN
    const wait = watchReadiness(registry, expected, options({ onUpdate }));
    await vi.advanceTimersByTimeAsync(10_000);
    await wait;
    // THEN
    expect(slotLines[1]).toBe("Ready, leader, 10.20.0.10");
  });

  test("gives up at once when AWS refuses the caller, and says what to do", async () => {
    const refused = failure("AccessDeniedException", "not authorized to perform dynamodb:GetItem");
    const error = await failureOf(watchReadiness(reader([refused]), expected, options()), 0);
    expect(error).toMatchObject({ code: "NotAllowed" });
    expect(error.message).toMatch(/not authorized to perform dynamodb:GetItem.*AWS_PROFILE/);
  });

  test.each([
    ["in a pause", 1_000],
    ["while it asks", 0],
  ])("stops when interrupted %s", async (_, milliseconds) => {
    // GIVEN
    const interruption = new AbortController();
    const ended = failureOf(watchReadiness(reader([forming]), expected, options({ signal: interruption.signal })), 0);
    if (milliseconds > 0) await vi.advanceTimersByTimeAsync(milliseconds);
    // WHEN
    interruption.abort();
    // THEN
    expect((await ended).code).toBe("Interrupted");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not wait for a retired slot once its instance has reported, and for one that is silent", async () => {
    // GIVEN
    const retired = slotRecord(1, { retire: "remove", state: "retired" });
    const later = { ...retired, updatedAt: "2026-11-21T10:00:54.000Z" };
    const answers = [retired, retired, later];
    const two = { managers: 2, pools: [] };
    const slotOf = (records: readonly SlotRecord[]) => {
      let look = 0;
      return async (slot: number) => (slot === 1 ? records[Math.min(look++, records.length - 1)] : undefined);
    };
    // WHEN
    const heard = watchReadiness({ ...reader([good]), getSlot: slotOf(answers) }, two, options());
    const silent = failureOf(watchReadiness({ ...reader([good]), getSlot: slotOf([retired]) }, two, options()));
    // THEN
    await vi.advanceTimersByTimeAsync(70_000);
    expect((await heard).elapsedSeconds).toBe(1);
    expect((await silent).message).toContain("- slot 1: was retired; waiting to hear from");
  });

  test("leaves no listener behind on the signal it was given", async () => {
    // GIVEN
    const interruption = new AbortController();
    const remove = vi.spyOn(interruption.signal, "removeEventListener");
    const add = vi.spyOn(interruption.signal, "addEventListener");
    // WHEN
    const wait = watchReadiness(reader([forming, forming, good]), expected, options({ signal: interruption.signal }));
    await vi.advanceTimersByTimeAsync(10_000);
    await wait;
    // THEN
    expect(add).toHaveBeenCalledTimes(2);
    expect(remove).toHaveBeenCalledTimes(2);
  });

  test("says at the time-out for each missing node its last state, error and the log to read", async () => {
    // GIVEN
    const registry = reader([forming], {
      slots: [slotRecord(0, { state: "failed", step: "swarm init", error: "port 2377 in use" })],
      nodes: [nodeRecord("general", 1, { state: "waiting", step: "waiting for a manager", nodeId: undefined })],
    });
    // WHEN
    const error = await failureOf(watchReadiness(registry, expected, options()));
    // THEN
    expect(error.code).toBe("NotReady");
    expect(error.message.split("\n")).toEqual([
      "swarm apps is not Ready after 60 s:",
      "- swarm: forming, 0 of 1 managers reachable",
      "- slot 0: nothing heard of its instance yet",
      `    i-m0 (10.20.0.10), at ${WRITTEN_AT}: failed (swarm init): port 2377 in use`,
      "    log: aws ssm start-session --region eu-west-1 --target i-m0, then journalctl -u swarm-node",
      "- pool general: 0 of 1 workers Ready (they join once the managers are ready)",
      `    i-general1 (10.20.9.1), at ${WRITTEN_AT}: waiting (waiting for a manager)`,
      "    log: aws ssm start-session --region eu-west-1 --target i-general1, then journalctl -u swarm-node",
    ]);
  });

  test("explains without the nodes' words when these cannot be read at the time-out", async () => {
    // GIVEN
    const registry = { ...reader([forming]), scanNodes: () => Promise.reject(failure("ThrottlingException")) };
    // WHEN
    const error = await failureOf(watchReadiness(registry, expected, options()));
    // THEN
    expect(error.message).toContain("- pool general: 0 of 1 workers Ready");
    expect(error.message).toContain("what the workers reported could not be read");
  });
});
