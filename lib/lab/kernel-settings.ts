import { readFileSync, writeFileSync } from "node:fs";
import type { RunCommand } from "./command";

/** Kernel settings the lab needs, as paths below `/proc/sys`; `min` is for those where more is fine too. */
const WANTED: readonly { readonly name: string; readonly value: number; readonly atLeast: boolean }[] = [
  // Frames between two hosts of one bridge pass iptables only with this.
  { name: "net/bridge/bridge-nf-call-iptables", value: 1, atLeast: false },
  // Each host's systemd takes some; the usual 128 are enough for about 18 hosts.
  { name: "fs/inotify/max_user_instances", value: 1024, atLeast: true },
];

/** Settings that must change, with the value each has now. */
export async function settingsToChange(run: RunCommand): Promise<Record<string, string>> {
  if (readSetting("net/bridge/bridge-nf-call-iptables") === undefined) await run("modprobe", ["br_netfilter"]);
  const changes = WANTED.flatMap(({ name, value, atLeast }): [string, string][] => {
    const now = readSetting(name);
    const fits = now !== undefined && (atLeast ? Number(now) >= value : Number(now) === value);
    return fits || now === undefined ? [] : [[name, now]];
  });
  return Object.fromEntries(changes);
}

/** Gives these settings the values that the lab needs. */
export function applySettings(names: readonly string[]): void {
  for (const { name, value } of WANTED) if (names.includes(name)) writeFileSync(`/proc/sys/${name}`, String(value));
}

/** Puts back what {@link settingsToChange} found. */
export function restoreSettings(before: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(before)) writeFileSync(`/proc/sys/${name}`, value);
}

function readSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, "utf8").trim();
  } catch {
    return undefined;
  }
}
