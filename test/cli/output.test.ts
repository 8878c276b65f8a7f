import { describe, expect, test } from "vitest";
import { elapsedLabel, Output, plural, printable } from "../../lib/cli/output";
import { Recorder } from "./support";

const ESCAPE = "\u001b";

describe("Output", () => {
  test("keeps results and the way to them apart", () => {
    // GIVEN
    const [stdout, stderr] = [new Recorder(), new Recorder()];
    const output = new Output(stdout, stderr, {});
    // WHEN
    output.note("looking");
    output.json({ found: true });
    // THEN
    expect(stdout.text).toBe('{\n  "found": true\n}\n');
    expect(stderr.text).toBe("looking\n");
  });

  test("writes no escape sequence where no terminal is", () => {
    const stderr = new Recorder(false);
    new Output(new Recorder(true), stderr, { FORCE_COLOR: "1" }).note("broken", "bad");
    expect(stderr.text).toBe("broken\n");
  });

  test("colours on a terminal, unless NO_COLOR asks not to", () => {
    const [colourful, plain] = [new Recorder(true), new Recorder(true)];
    new Output(new Recorder(), colourful, {}).note("broken", "bad");
    new Output(new Recorder(), plain, { NO_COLOR: "1" }).note("broken", "bad");
    expect(colourful.text).toBe(`${ESCAPE}[31mbroken${ESCAPE}[39m\n`);
    expect(plain.text).toBe("broken\n");
  });

  test("draws over exactly the lines it drew before", () => {
    // GIVEN
    const stderr = new Recorder(true);
    const output = new Output(new Recorder(), stderr, {});
    output.draw([{ text: "one" }, { text: "two" }]);
    stderr.text = "";
    // WHEN
    output.draw([{ text: "three" }]);
    // THEN
    expect(stderr.text).toBe(`${ESCAPE}[2A${ESCAPE}[0Jthree\n`);
  });

  test("puts a note in place of what was drawn, and draws no more over it", () => {
    // GIVEN
    const stderr = new Recorder(true);
    const output = new Output(new Recorder(), stderr, {});
    output.draw([{ text: "12 of 50" }]);
    stderr.text = "";
    // WHEN
    output.note("done");
    output.draw([{ text: "next" }]);
    // THEN
    expect(stderr.text).toBe(`${ESCAPE}[1A${ESCAPE}[0Jdone\nnext\n`);
  });

  test("leaves the last drawing on the screen when a result follows", () => {
    // GIVEN
    const stderr = new Recorder(true);
    const output = new Output(new Recorder(), stderr, {});
    output.draw([{ text: "slot 0: Ready" }]);
    stderr.text = "";
    // WHEN
    output.result("Ready");
    output.note("bye");
    // THEN
    expect(stderr.text).toBe("bye\n");
  });

  test("cuts lines that would wrap, since a redraw counts rows", () => {
    const stderr = new Recorder(true, 10);
    new Output(new Recorder(), stderr, {}).draw([{ text: "0123456789" }, { text: "012345678" }]);
    expect(stderr.lines).toEqual(["01234567…", "012345678"]);
  });
});

test("a terminal that does not know its width gets lines of 80", () => {
  const stderr = new Recorder(true, 0);
  new Output(new Recorder(), stderr, {}).draw([{ text: "x".repeat(79) }, { text: "x".repeat(80) }]);
  expect(stderr.lines.map((line) => line.length)).toEqual([79, 79]);
});

test("plural knows one from many", () => {
  expect([plural(0, "worker"), plural(1, "worker"), plural(2, "worker")]).toEqual([
    "0 workers",
    "1 worker",
    "2 workers",
  ]);
});

test("elapsedLabel aligns seconds", () => {
  expect([elapsedLabel(0.4), elapsedLabel(12), elapsedLabel(899.6)]).toEqual(["   0 s", "  12 s", " 900 s"]);
});

describe("printable", () => {
  test("writes out what would steer the terminal, and keeps line breaks and tabs", () => {
    expect(printable(`a\u001b[2Jb\u009b31m\r\u0007\u007f\tc\nd`)).toBe(
      "a\\u001b[2Jb\\u009b31m\\u000d\\u0007\\u007f\tc\nd",
    );
  });

  test("is what results, JSON, notes and drawings go through", () => {
    // GIVEN
    const [stdout, stderr] = [new Recorder(), new Recorder(true)];
    const output = new Output(stdout, stderr, { NO_COLOR: "1" });
    const text = "pool\u009b2J";
    // WHEN
    output.result(text);
    output.json({ text });
    output.note(text);
    output.draw([{ text }]);
    // THEN
    expect(stdout.text + stderr.text).not.toContain("\u009b");
    expect(JSON.parse(stdout.text.slice(stdout.text.indexOf("{")))).toEqual({ text });
  });
});
