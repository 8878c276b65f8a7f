import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { setProcessClock } from "../../../lib/lab/clock/process-clock";
import { clockPatches, type MemoryPatch } from "../../../lib/lab/clock/vdso";

interface Reading {
  readonly wall: Readonly<Record<string, number>>;
  readonly monotonic: number;
}

/** A process that reads its clock when asked to. */
function clockReader(): { readonly pid: number; read(): Promise<Reading> } {
  const child = spawn("python3", [join(__dirname, "clock-readings.py")], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  const lines = createInterface({ input: child.stdout });
  return {
    pid: child.pid ?? 0,
    async read() {
      child.stdin.write("\n");
      const [line] = await once(lines, "line");
      return JSON.parse(String(line)) as Reading;
    },
  };
}

/** How far each clock is from this process's, in whole minutes. */
const minutesAhead = ({ wall }: Reading): number[] =>
  Object.values(wall).map((seconds) => Math.round((seconds - Date.now() / 1000) / 60) + 0); // no negative zero

test("fails when a running process reads another time than its host's, by whatever function", async () => {
  // GIVEN
  const { pid, read } = clockReader();
  const before = await read();

  // WHEN
  const readings: number[][] = [];
  for (const seconds of [3600, -5400, -5400, 0, 600, 0]) {
    setProcessClock(pid, seconds);
    readings.push(minutesAhead(await read()));
  }

  // THEN
  const all = (minutes: number) => Object.keys(before.wall).map(() => minutes);
  expect(minutesAhead(before)).toEqual(all(0));
  expect(readings).toEqual([60, -90, -90, 0, 10, 0].map(all));
});

test("fails when a clock that only runs forward jumps with the one on the wall", async () => {
  const { pid, read } = clockReader();
  const before = await read();

  setProcessClock(pid, 86_400);

  const { monotonic } = await read();
  expect(monotonic).toBeGreaterThanOrEqual(before.monotonic);
  expect(monotonic).toBeLessThan(before.monotonic + 3600);
});

/** What the kernel maps into this process. */
function vdso(): Buffer {
  const [, start = "", end = ""] =
    /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(readFileSync("/proc/self/maps", "utf8")) ?? [];
  const address = Number.parseInt(start, 16);
  const image = Buffer.alloc(Number.parseInt(end, 16) - address);
  const memory = openSync("/proc/self/mem", "r");
  readSync(memory, image, 0, image.length, address);
  closeSync(memory);
  return image;
}

function patched(image: Buffer, patches: readonly MemoryPatch[]): Buffer {
  const copy = Buffer.from(image);
  for (const { offset, bytes } of patches) bytes.copy(copy, offset);
  return copy;
}

test("fails when a clock that is right is written to", () => {
  const image = vdso();
  const ahead = patched(image, clockPatches(image, 60));

  expect(clockPatches(image, 0)).toEqual([]);
  expect(clockPatches(ahead, 60)).toEqual([]);
});

test("fails when a function does not get its own beginning back", () => {
  const image = vdso();
  const ahead = patched(image, clockPatches(image, 60));
  const further = patched(ahead, clockPatches(ahead, 90));
  const back = patched(further, clockPatches(further, 0));

  const room = image.length - 192;
  expect(further.equals(image)).toBe(false);
  expect(back.subarray(0, room).equals(image.subarray(0, room))).toBe(true);
});

test("fails when what is in use at the end of the mapping is overwritten", () => {
  const image = vdso();
  image[image.length - 1] = 1;

  expect(() => clockPatches(image, 60)).toThrow("no room for another clock");
});
