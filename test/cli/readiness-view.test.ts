import { describe, expect, test } from "vitest";
import { Output } from "../../lib/cli/output";
import { ReadinessView } from "../../lib/cli/readiness-view";
import type { ReadinessReport } from "../../lib/operations";
import { Recorder } from "./support";

function report(texts: Readonly<Record<string, string>>): ReadinessReport {
  const lines = Object.entries(texts).map(([subject, text]) => ({ subject, text, ready: text === "Ready" }));
  return { ready: lines.every((line) => line.ready), lines, reasons: [] };
}

describe("ReadinessView", () => {
  test("writes a line to a log only when something changed", () => {
    // GIVEN
    const stderr = new Recorder();
    const view = new ReadinessView(new Output(new Recorder(), stderr, {}));
    // WHEN
    view.update(report({ "slot 0": "Ready", "slot 1": "booting" }), 0);
    view.update(report({ "slot 0": "Ready", "slot 1": "booting" }), 2);
    view.update(report({ "slot 0": "Ready", "slot 1": "joining (waiting for the worker token)" }), 12);
    // THEN
    expect(stderr.lines).toEqual([
      "   0 s  slot 0: Ready",
      "   0 s  slot 1: booting",
      "  12 s  slot 1: joining (waiting for the worker token)",
    ]);
  });

  test("says every 30 s what it still waits for", () => {
    // GIVEN
    const stderr = new Recorder();
    const view = new ReadinessView(new Output(new Recorder(), stderr, {}));
    // WHEN
    for (let elapsed = 0; elapsed <= 62; elapsed += 2) {
      view.update(report({ "slot 0": "Ready", "slot 1": "booting", "pool a": "0 of 2" }), elapsed);
    }
    // THEN
    expect(stderr.lines.slice(3)).toEqual([
      "  30 s  still waiting for slot 1, pool a",
      "  60 s  still waiting for slot 1, pool a",
    ]);
  });

  test("redraws all lines on a terminal", () => {
    // GIVEN
    const stderr = new Recorder(true);
    const view = new ReadinessView(new Output(new Recorder(), stderr, { NO_COLOR: "1" }));
    // WHEN
    view.update(report({ "slot 0": "booting", "slot 1": "booting" }), 0);
    view.update(report({ "slot 0": "booting", "slot 1": "Ready" }), 2);
    // THEN
    expect(stderr.text.split("\u001b[2A\u001b[0J")).toEqual([
      "   0 s  slot 0: booting\n   0 s  slot 1: booting\n",
      "   2 s  slot 0: booting\n   2 s  slot 1: Ready\n",
    ]);
  });
});
