import { readFileSync, writeFileSync } from "node:fs";
import { type RunCommand, succeed } from "./command";
import type { EngineTraces } from "./state-file";

const IP_FORWARD = "/proc/sys/net/ipv4/ip_forward";

/** What of an engine is in the kernel now: taken before the own engine starts, so that only its traces are removed. */
export async function readTraces(run: RunCommand): Promise<EngineTraces> {
  const saved = await succeed(run, "iptables-save", []);
  return {
    chains: chainsOf(saved),
    forwardPolicy: /^:FORWARD (\w+)/m.exec(tableOf(saved, "filter"))?.[1] ?? "ACCEPT",
    ipForward: readFileSync(IP_FORWARD, "utf8").trim(),
  };
}

/** Removes the chains and the settings that the own engine left and that were not there before it. */
export async function removeTraces(run: RunCommand, before: EngineTraces): Promise<void> {
  const rules = renderRemoval(await succeed(run, "iptables-save", []), before);
  if (rules !== "") await succeed(run, "iptables-restore", ["--noflush"], { input: rules });
  await succeed(run, "iptables", ["-P", "FORWARD", before.forwardPolicy]);
  writeFileSync(IP_FORWARD, before.ipForward);
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
