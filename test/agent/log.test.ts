import { describe, expect, it } from "vitest";
import { DecisionLog, Log, redact } from "../../lib/agent/log";
import type { Action, Report } from "../../lib/agent/model";

const TOKEN = "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-1awxwuwd3z9j1z3puu7rcgdbx";

function logged() {
  const lines: string[] = [];
  const log = new Log(
    (line) => lines.push(line),
    () => 0,
  );
  return { lines, log, decisions: new DecisionLog(log) };
}

describe("the log", () => {
  it("writes one line of JSON per event", () => {
    // GIVEN
    const { lines, log } = logged();
    // WHEN
    log.info("started", { slot: 0 });
    // THEN
    expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"started","slot":0}\n']);
  });

  it("shows no join token, wherever it turns up", () => {
    // GIVEN
    const { lines, log } = logged();
    // WHEN
    log.warn(`event ${TOKEN}`, { error: `cannot join with ${TOKEN}: refused`, nested: { list: [TOKEN] }, [TOKEN]: 1 });
    // THEN
    expect(lines.join("")).not.toContain("3pu6hszjas19");
    expect(lines.join("")).not.toContain("1awxwuwd3z9j1");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: "cannot join with SWMTKN-(redacted): refused" });
  });

  it("shows no unlock key", () => {
    expect(redact("key SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8.")).toBe("key SWMKEY-(redacted).");
  });
});

describe("the log of decisions", () => {
  const report = (step: string): Report => ({ state: "ready", step, reasons: [] });
  const join: Action = { kind: "join", manager: "a", clusterId: "c", generation: 0, reason: "ready", expiresAt: 0 };

  it("tells a decision when it differs from the one before", () => {
    // GIVEN
    const { lines, decisions } = logged();
    // WHEN
    for (const step of ["one", "one", "two", "one"]) decisions.decided({ report: report(step), actions: [] });
    // THEN
    expect(lines.map((line) => JSON.parse(line).step)).toEqual(["one", "two", "one"]);
  });

  it("tells a failure once for as long as it is the same", () => {
    // GIVEN
    const { lines, decisions } = logged();
    // WHEN
    for (const detail of ["a", "a", "b"]) decisions.done({ action: join, result: "failed", detail });
    // THEN
    expect(lines.map((line) => JSON.parse(line).detail)).toEqual(["a", "b"]);
  });

  it("tells why each action was done", () => {
    // GIVEN
    const { lines, decisions } = logged();
    // WHEN
    decisions.done({ action: join, result: "done" });
    // THEN
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ action: "join", result: "done", reason: "ready" });
  });

  it("does not tell each view that was published, but that one could not be", () => {
    // GIVEN
    const { lines, decisions } = logged();
    const publish = { ...join, kind: "publish-view" } as unknown as Action;
    // WHEN
    for (const result of ["done", "done", "failed"] as const) decisions.done({ action: publish, result, detail: "x" });
    // THEN
    expect(lines.map((line) => JSON.parse(line).result)).toEqual(["failed"]);
  });
});
