import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that can be told from a later one with the same id, also after a reboot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start, as in `/proc/<pid>/stat`. */
  readonly startTime: string;
  readonly bootId: string;
}

/** Variable that every process of a lab inherits, so that `down` finds them whoever started them. */
export const MARKER_VARIABLE = "CDKTF_SWARM_LAB";

/** The process with this id, or `undefined` when there is none (or only its zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the name in brackets, which may hold spaces and brackets; the fields after it are plain.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTime = fields?.[19];
  if (startTime === undefined || fields?.[0] === "Z") return undefined;
  return { pid, startTime, bootId: read("/proc/sys/kernel/random/boot_id")?.trim() ?? "" };
}

/** Whether exactly this process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now?.startTime === process.startTime && now.bootId === process.bootId;
}

/** Whether two identities are of the same process. */
export function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}

/** Processes whose environment carries the marker with this value, but for the caller. */
export function markedProcesses(marker: string): ProcessIdentity[] {
  const wanted = `${MARKER_VARIABLE}=${marker}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => read(`/proc/${entry}/environ`)?.split("\0").includes(wanted))
    .flatMap((entry) => identify(Number(entry)) ?? []);
}

/** What a process started, and what that started, deepest first; a process itself is not among it. */
export function descendants(pid: number): ProcessIdentity[] {
  const parents = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({
      pid: Number(entry),
      parent: Number(
        read(`/proc/${entry}/stat`)
          ?.replace(/^.*\) \S /s, "")
          .split(" ")[0],
      ),
    }));
  const below = (parent: number): number[] =>
    parents.filter((each) => each.parent === parent).flatMap((each) => [...below(each.pid), each.pid]);
  return below(pid).flatMap((each) => identify(each) ?? []);
}

/** Ends a process: asks with SIGTERM, and insists with SIGKILL after the grace time. Ends nothing else. */
export async function end(process: ProcessIdentity, graceMilliseconds: number): Promise<void> {
  if (!signal(process, "SIGTERM")) return;
  if (await waitForEnd(process, graceMilliseconds)) return;
  signal(process, "SIGKILL");
  await waitForEnd(process, 5_000);
}

/** Waits until the process is gone; false when the time is up first. */
export async function waitForEnd(process: ProcessIdentity, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; ) {
    if (!isAlive(process)) return true;
    await sleep(25);
  }
  return !isAlive(process);
}

function signal(target: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, name);
  } catch {
    return false; // it ended in between
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
