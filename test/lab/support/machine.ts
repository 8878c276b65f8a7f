import { execFileSync } from "node:child_process";
import { commandLines } from "./tokens";

/** What the lab could leave behind on this machine, as comparable lines. */
export interface MachineState {
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly firewall: readonly string[];
  readonly processes: readonly string[];
}

/** What this machine holds now: addresses, routes, firewall rules, and processes of the kinds the lab starts. */
export function machineState(): MachineState {
  return {
    addresses: lines("ip", "-o", "addr", "show").map((line) =>
      line
        .replace(/ valid_lft.*/, "")
        .replace(/\\.*/, "")
        .trim(),
    ),
    routes: lines("ip", "route", "show", "table", "all"),
    firewall: ["filter", "nat", "mangle", "raw"].flatMap((table) =>
      lines("iptables-save", "-t", table)
        .filter((line) => line.startsWith("-A") || /^:\S+ - /.test(line))
        .map((line) => `${table} ${line.replace(/ \[\d+:\d+\]$/, "")}`),
    ),
    processes: commandLines()
      .filter(({ text }) => /dockerd|containerd|moto|lab\/supervisor|cdktf |terraform|\/sbin\/init/.test(text))
      .map(({ name, text }) => `${name}: ${text}`),
  };
}

/** What is there now and was not before. */
export function leftBehind(before: MachineState): readonly string[] {
  const now = machineState();
  return (Object.keys(now) as (keyof MachineState)[]).flatMap((kind) =>
    now[kind].filter((line) => !before[kind].includes(line)).map((line) => `${kind}: ${line}`),
  );
}

function lines(command: string, ...args: string[]): readonly string[] {
  try {
    const text = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return text.split("\n").filter((line) => line !== "");
  } catch {
    return []; // the tool comes with the lab's prerequisites: before them there is nothing to list
  }
}
