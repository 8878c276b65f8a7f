import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { Deadline, within } from "../../lib/operations/deadline";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a time limit fires though garbage was collected meanwhile, and nothing else holds it", async () => {
  // GIVEN
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const user = new AbortController();
  const question = (signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("ended"), { once: true }));
  // WHEN
  const asked = question(within(0.2, user.signal));
  const collecting = setInterval(collectGarbage, 20);
  // THEN
  expect(await asked).toBe("ended");
  clearInterval(collecting);
});

test.each([
  ["what is left of it", 20, 40_000],
  ["two seconds at the end of it", 59, 2_000],
])("a question within a minute has %s", (_, elapsedSeconds, milliseconds) => {
  // GIVEN
  vi.useFakeTimers();
  const timeout = vi.spyOn(AbortSignal, "timeout");
  const deadline = new Deadline({ timeoutSeconds: 60 });
  // WHEN
  vi.advanceTimersByTime(elapsedSeconds * 1_000);
  deadline.limit();
  // THEN
  expect(timeout).toHaveBeenCalledWith(milliseconds);
});

test("the user ends a question before its time", () => {
  // GIVEN
  const user = new AbortController();
  const { signal } = user;
  const limit = new Deadline({ timeoutSeconds: 60, signal }).limit();
  // WHEN
  user.abort();
  // THEN
  expect(limit.aborted).toBe(true);
});

test("a time limit that all nodes' questions share gives no warning of a leak", async () => {
  // GIVEN
  const warned = vi.fn();
  process.on("warning", warned);
  const limit = within(60, new AbortController().signal);
  // WHEN
  for (let node = 0; node < 20; node++) limit.addEventListener("abort", () => {}, { once: true });
  // THEN
  await new Promise((resolve) => setImmediate(resolve));
  expect(warned).not.toHaveBeenCalled();
  process.off("warning", warned);
});
