import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost, LabStatus } from "../lib/lab";
import type { LabEvent } from "../lib/lab/state/events";
import { type LabPhases, parseLog, splitByPhase } from "./lab-phases";
import type { Measurement } from "./measurement";
import { PROJECT, runCli, runProcess } from "./process";

/** Seconds a warm `lab up` may take, and of these from the last host's boot to Ready. */
const TOTAL_LIMIT = 90;
const JOIN_LIMIT = 15;

/**
 * A warm `lab up` of dev, phase by phase, and the same hosts joined by a plain script right after it. Leaves no lab.
 *
 * @throws Error when a lab is up already: it may be somebody's
 */
export async function measureLab(): Promise<readonly Measurement[]> {
  const before = await labStatus();
  if (before.state !== "down")
    throw new Error(`the lab here is ${before.state}; run lab down first, for a fresh start`);
  // The first brings what the machine lacks: the image, the emulator's packages, the engine.
  await runCli(["lab", "up", "dev"], { showProgress: true });
  await runCli(["lab", "down"], { showProgress: true });
  try {
    await runCli(["lab", "up", "dev"], { showProgress: true });
    const phases = readPhases();
    return describe(phases, await joinByPlainScript(await labStatus()));
  } finally {
    await runCli(["lab", "down"], { showProgress: true });
  }
}

/** Dissolves the swarm of a lab, forms it anew by the plain script, and gives the seconds that took. */
async function joinByPlainScript({ engine, hosts }: LabStatus): Promise<number> {
  if (engine === undefined) throw new Error("the lab does not say which engine runs it");
  const running = hosts.filter((host) => host.containerState === "running");
  const managers = running.filter(isManager);
  const ordered = [...managers, ...running.filter((host) => !isManager(host))];
  const names = ordered.map(({ container, address }) => `${container}=${address}`);
  const script = join(PROJECT, "bench", "plain-join.sh");
  await runProcess(script, ["prepare", engine.socket, ...names]);
  const { seconds } = await runProcess(script, ["join", engine.socket, `${managers.length}`, ...names]);
  return seconds;
}

function describe(phases: LabPhases, plainJoin: number): readonly Measurement[] {
  const seconds = (name: string, value: number, limit?: number): Measurement => ({ name, value, unit: "s", limit });
  return [
    seconds("lab up, warm", phases.total, TOTAL_LIMIT),
    seconds("  prepare", phases.prepare),
    seconds("  synth", phases.synth),
    seconds("  deploy", phases.deploy),
    seconds("  boot", phases.boot),
    seconds("  join", phases.join, JOIN_LIMIT),
    seconds("  finish", phases.finish),
    seconds("plain script's join of the same hosts", plainJoin),
    { name: "join, agents to plain script", value: phases.join / plainJoin, unit: "×" },
    {
      name: "boot and join, agents to plain script",
      value: (phases.boot + phases.join) / (phases.boot + plainJoin),
      unit: "×",
    },
  ];
}

async function labStatus(): Promise<LabStatus> {
  // It ends with 1 when the lab is down, which is an answer here.
  const { stdout } = await runCli(["lab", "status", "--json"], { accept: [0, 1] });
  return JSON.parse(stdout) as LabStatus;
}

function readPhases(): LabPhases {
  const read = (name: string): string => readFileSync(join(PROJECT, ".lab", name), "utf8");
  const events = read("events.jsonl")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LabEvent);
  return splitByPhase(events, parseLog(read(join("logs", "deploy.log"))));
}

function isManager({ name }: LabHost): boolean {
  return /^manager-\d+$/.test(name);
}
