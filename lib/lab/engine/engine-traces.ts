import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { type RunCommand, succeed } from "../machine/command";
import type { EngineTraces } from "../state/state-file";

const IP_FORWARD = "/proc/sys/net/ipv4/ip_forward";

/** What engines make outside of the folders they are given; each is followed by the folder it is in. */
const STRAY_FILES = [
  ...["/etc/docker/key.json", "/etc/docker"],
  ...["/run/docker/plugins", "/run/docker"],
  ...["/run/containerd/s", "/run/containerd"],
];
/** Where an engine that is not the lab's would show that it runs. */
const OTHER_ENGINES = ["/run/docker.pid", "/run/containerd/containerd.sock"];

/** What there is of an engine now: taken before the own engine starts, so that only its traces are removed. */
export async function readTraces(run: RunCommand): Promise<EngineTraces> {
  const saved = await succeed(run, "iptables-save", []);
  return {
    chains: chainsOf(saved),
    forwardPolicy: /^:FORWARD (\w+)/m.exec(tableOf(saved, "filter"))?.[1] ?? "ACCEPT",
    ipForward: readFileSync(IP_FORWARD, "utf8").trim(),
    absent: STRAY_FILES.filter((path) => !existsSync(path)),
  };
}

/** Removes the chains and the settings that the own engine left and that were not there before it. */
export async function removeTraces(run: RunCommand, before: EngineTraces): Promise<void> {
  const rules = renderRemoval(await succeed(run, "iptables-save", []), before);
  if (rules !== "") await succeed(run, "iptables-restore", ["--noflush"], { input: rules });
  await succeed(run, "iptables", ["-P", "FORWARD", before.forwardPolicy]);
  writeFileSync(IP_FORWARD, before.ipForward);
  if (!OTHER_ENGINES.some((path) => existsSync(path))) removeStrayFiles(before.absent ?? []);
}

/** Removes these files, with all that is in the folders among them but for those that somebody else put something into. */
export function removeStrayFiles(paths: readonly string[]): void {
  const parents = paths.filter((path) => paths.some((other) => other.startsWith(`${path}/`)));
  for (const path of paths) {
    if (!existsSync(path)) continue;
    if (!parents.includes(path)) rmSync(path, { recursive: true });
    else if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

/** Input for `iptables-restore --noflush` that removes Docker's chains beyond `before`, and the rules that use them. */
export function renderRemoval(saved: string, before: EngineTraces): string {
  return ["filter", "nat", "raw", "mangle"]
    .map((table) => {
      const text = tableOf(saved, table);
      const chains = chainsOf(text).filter((chain) => !before.chains.includes(chain));
      const names = chains.map((chain) => chain.split(" ")[1] ?? "").filter((name) => name.startsWith("DOCKER"));
      const isOurs = (rule: string) => names.some((name) => rule.endsWith(` -j ${name}`));
      const rules = text
        .split("\n")
        .filter((line) => line.startsWith("-A ") && !names.includes(line.split(" ")[1] ?? ""))
        .filter(isOurs);
      const lines = [
        ...rules.map((rule) => rule.replace(/^-A/, "-D")),
        ...names.map((name) => `-F ${name}`),
        ...names.map((name) => `-X ${name}`),
      ];
      return lines.length === 0 ? "" : [`*${table}`, ...lines, "COMMIT", ""].join("\n");
    })
    .join("");
}

/** User-defined chains of `iptables-save`'s output, as `<table> <chain>`. */
function chainsOf(saved: string): string[] {
  let table = "";
  return saved.split("\n").flatMap((line) => {
    if (line.startsWith("*")) table = line.slice(1);
    const name = /^:(\S+) - /.exec(line)?.[1];
    return name === undefined ? [] : [`${table} ${name}`];
  });
}

function tableOf(saved: string, table: string): string {
  const start = saved.indexOf(`*${table}\n`);
  return start < 0 ? "" : saved.slice(start, saved.indexOf("\nCOMMIT", start));
}
