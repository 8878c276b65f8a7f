import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { clockPatches } from "./vdso";

/**
 * Sets the clock of a process so many seconds ahead of this machine's, while it runs; does nothing where it is. What
 * the kernel itself does by its clock, like the times of files, it does not touch.
 */
export function setProcessClock(pid: number, seconds: number): void {
  const mapping = vdsoOf(pid);
  if (mapping === undefined) return;
  const memory = openSync(`/proc/${pid}/mem`, "r+");
  try {
    const image = Buffer.alloc(mapping.end - mapping.start);
    readSync(memory, image, 0, image.length, mapping.start);
    for (const { offset, bytes } of clockPatches(image, seconds))
      writeSync(memory, bytes, 0, bytes.length, mapping.start + offset);
  } finally {
    closeSync(memory);
  }
}

/** Processes of a container, those of containers inside it included. */
export function processesOf(containerId: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && read(`/proc/${entry}/cgroup`)?.includes(containerId))
    .map(Number);
}

function vdsoOf(pid: number): { readonly start: number; readonly end: number } | undefined {
  const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(read(`/proc/${pid}/maps`) ?? "") ?? [];
  return start === undefined || end === undefined
    ? undefined
    : { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
}

/** A file of `/proc`; nothing when the process has ended. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
