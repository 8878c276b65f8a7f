import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { RunCommand } from "./command";

const BRIDGE_FILTER = "net/bridge/bridge-nf-call-iptables";

/** Kernel settings the lab needs, as paths below `/proc/sys`. */
const WANTED: readonly { readonly name: string; readonly value: number; readonly atLeast: boolean }[] = [
  // Frames between two hosts of one bridge pass iptables only with this.
  { name: BRIDGE_FILTER, value: 1, atLeast: false },
  // Each host's systemd takes some; the usual 128 are enough for about 18 hosts.
  { name: "fs/inotify/max_user_instances", value: 1024, atLeast: true },
];

/** Settings that must change, with the value each has now. */
export async function settingsToChange(run: RunCommand): Promise<Record<string, string>> {
  if (readSetting(BRIDGE_FILTER) === undefined) await run("modprobe", ["br_netfilter"]);
  if (readSetting(BRIDGE_FILTER) === undefined)
    throw new Error("this kernel has no br_netfilter, without which no security group is enforced between hosts");
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

/** What swarms cannot do on this kernel, in words for the operator. */
export async function kernelLimits(run: RunCommand): Promise<string[]> {
  const hasVirtualServers = existsSync("/proc/net/ip_vs") || (await run("modprobe", ["--dry-run", "ip_vs"])).code === 0;
  if (hasVirtualServers) return [];
  return [
    "this kernel has no IP_VS: a service's virtual address and the routing mesh pass no traffic here; " +
      "use --endpoint-mode dnsrr and ports in host mode",
  ];
}
