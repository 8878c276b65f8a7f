import { describe, expect, test } from "vitest";
import { parseAgentLog, type Replacement, splitReplacement } from "../../bench/replacement-phases";

const START = Date.parse("2026-11-25T10:00:00.000Z");
const line = (seconds: number, fields: Readonly<Record<string, string>>): string =>
  JSON.stringify({ time: new Date(START + seconds * 1_000).toISOString(), level: "info", ...fields });
const action = (seconds: number, name: string, instance: string): string =>
  line(seconds, { event: "action", action: name, result: "done", reason: `instance ${instance} is dead` });

const managers = parseAgentLog(
  [
    "systemd[1]: Started swarm-node.service.",
    // A replacement before this one, and another instance's.
    action(-50, "bury", "i-lost"),
    action(3, "bury", "i-other"),
    line(10, { event: "action", action: "bury", result: "failed", reason: "instance i-lost is dead" }),
    action(14, "bury", "i-lost"),
    action(20, "remove", "i-lost"),
  ].join("\n"),
);
const successorLog = parseAgentLog(
  [
    line(45, { event: "started" }),
    line(46, { event: "decision", state: "joining" }),
    line(50, { event: "decision", state: "ready" }),
    line(90, { event: "decision", state: "ready" }),
  ].join("\n"),
);
const replacement: Replacement = {
  from: START,
  lost: "i-lost",
  successor: "i-new",
  events: [
    { time: START - 1_000, event: "instance-launched", instanceId: "i-lost" },
    { time: START + 22_000, event: "instance-launched", instanceId: "i-new" },
  ],
  managers,
  successorLog,
};

describe("splitReplacement", () => {
  test("gives each phase the time from the milestone before", () => {
    expect(splitReplacement(replacement)).toEqual({
      detection: 14,
      removal: 6,
      launch: 2,
      boot: 23,
      join: 5,
      total: 50,
    });
  });

  test("fails when a replacement that is under way is taken for one that is done", () => {
    expect(splitReplacement({ ...replacement, successorLog: successorLog.slice(0, 2) })).toBeUndefined();
    expect(splitReplacement({ ...replacement, managers: managers.slice(0, -1) })).toBeUndefined();
    expect(splitReplacement({ ...replacement, successor: "i-newer" })).toBeUndefined();
  });

  test("loses no time and invents none when Auto Scaling launches before the dead one is out", () => {
    // GIVEN
    const early = [{ time: START + 1_000, event: "instance-launched", instanceId: "i-new" } as const];
    // WHEN
    const { total, ...phases } = splitReplacement({ ...replacement, events: early }) ?? { total: 0 };
    // THEN
    expect(phases).toMatchObject({ launch: 0, boot: 25 });
    expect(Object.values(phases).reduce((sum, seconds) => sum + seconds, 0)).toBe(total);
  });
});
