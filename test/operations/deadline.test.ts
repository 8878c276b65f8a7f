import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { within } from "../../lib/operations/deadline";

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
