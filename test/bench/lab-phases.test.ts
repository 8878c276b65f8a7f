import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLog, splitByPhase } from "../../bench/lab-phases";
import type { LabEvent } from "../../lib/lab/state/events";

const START = Date.parse("2026-11-21T10:00:00.000Z");
const at = (seconds: number, event: LabEvent["event"], detail?: string): LabEvent => ({
  time: START + seconds * 1_000,
  event,
  detail,
});
const line = (seconds: number, text: string): string => `${new Date(START + seconds * 1_000).toISOString()} ${text}`;

const events = [
  at(0, "up-started", "dev"),
  at(0, "phase-started", "engine"),
  at(4, "phase-started", "deploy"),
  at(30, "instance-launched"),
  at(32, "instance-launched"),
  at(40, "docker-up"),
  at(41.5, "docker-up"),
  at(52, "up-done"),
];
const log = parseLog(
  [
    line(5, "Synthesizing"),
    line(6, "dev  Initializing the backend..."),
    line(50, "     terraform_data.Gate (local-exec): swarm dev is Ready after 18 s: 3 managers"),
    "a line that was broken",
  ].join("\n"),
);

describe("splitByPhase", () => {
  test("gives each phase the time from the milestone before", () => {
    expect(splitByPhase(events, log)).toEqual({
      prepare: 4,
      synth: 2,
      deploy: 26,
      boot: 9.5,
      join: 8.5,
      finish: 2,
      total: 52,
    });
  });

  test("splits the last run that was completed, not one before and not one that was interrupted", () => {
    const earlier = events.map((event) => ({ ...event, time: event.time - 500_000 }));
    const interrupted = [at(100, "up-started"), at(101, "docker-up")];
    expect(splitByPhase([...earlier, ...events, ...interrupted], log).total).toBe(52);
  });

  test("fails when there is no completed run", () => {
    expect(() => splitByPhase([at(0, "up-started")], [])).toThrow("no completed lab up is recorded");
  });

  test("loses no time and invents none, whatever milestones are missing or out of order", () => {
    fc.assert(
      fc.property(
        fc.subarray(events.slice(1, -1)),
        fc.subarray([...log]),
        fc.integer({ min: -9, max: 9 }),
        (some, lines, shift) => {
          const shifted = some.map((event) => ({
            ...event,
            time: event.time + (event.event === "docker-up" ? shift : 0) * 1_000,
          }));
          const { total, ...phases } = splitByPhase([at(0, "up-started"), ...shifted, at(52, "up-done")], lines);
          const parts = Object.values(phases);
          expect(parts.every((seconds) => seconds >= 0)).toBe(true);
          expect(parts.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(total);
        },
      ),
    );
  });
});
