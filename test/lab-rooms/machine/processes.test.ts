import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { end, identify, isAlive, MARKER_VARIABLE, markedProcesses } from "../../../lib/lab/machine/processes";

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(script: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn("sh", ["-c", script], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child.stdout, "data");
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("it did not start");
  return identity;
}

test("a process ends when asked", async () => {
  const sleeper = await start("echo; exec sleep 60");

  await end(sleeper, 2_000);

  expect(isAlive(sleeper)).toBe(false);
});

test("a process that does not listen is ended all the same", async () => {
  const stubborn = await start("trap '' TERM; echo; while :; do sleep 0.05; done");

  await end(stubborn, 200);

  expect(isAlive(stubborn)).toBe(false);
});

test("a later process with the same id is left alone", async () => {
  const sleeper = await start("echo; exec sleep 60");
  const earlier = { ...sleeper, startTime: "1" };

  await end(earlier, 200);
  await end({ ...sleeper, bootId: "another boot" }, 200);

  expect(isAlive(earlier)).toBe(false);
  expect(isAlive(sleeper)).toBe(true);
});

test("processes are found by the mark they inherit, whoever started them, and by the whole of it", async () => {
  const mark = `test-${process.pid}`;
  const parent = await start("sleep 60 & echo; wait", { [MARKER_VARIABLE]: mark });

  expect(markedProcesses(mark).map(({ pid }) => pid)).toContain(parent.pid);
  expect(markedProcesses(mark)).toHaveLength(2);
  expect(markedProcesses("test")).toEqual([]);
});
