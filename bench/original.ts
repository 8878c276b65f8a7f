import { join } from "node:path";
import type { LabHost, LabStatus } from "../lib/lab";
import type { LabPhases } from "./lab-phases";
import { LabProject, type SwarmSize } from "./lab-project";
import type { Measurement } from "./measurement";
import { CLI, PROJECT, runProcess } from "./process";

const SIZE: SwarmSize = { managers: 3, workers: 2 };
/** How many times as long the original's procedure must take at least. */
const LEAST_RATIO = 2;

/**
 * One deploy from nothing to a Ready swarm, and right after it the procedure that it replaces, on the same hosts: an apply
 * with one manager, tokens read by hand, a second apply, join by join.
 */
export async function measureOriginal(): Promise<readonly Measurement[]> {
  const project = new LabProject(SIZE);
  try {
    return await project.whileUp(async () => {
      const phases = project.phases();
      return describe(phases, await formAsOriginally(project.directory, await project.status()));
    });
  } finally {
    project.dispose();
  }
}

/** Takes the swarm away, turns its hosts off, and gives the seconds in which the original's procedure brings it back. */
async function formAsOriginally(cwd: string, { engine, hosts }: LabStatus): Promise<number> {
  if (engine === undefined) throw new Error("the lab does not say which engine runs it");
  const script = join(PROJECT, "bench", "original.sh");
  const named = ordered(hosts).map(({ name, container, address }) => `${name}=${container}=${address}`);
  await runProcess(script, ["prepare", engine.socket, CLI, ...named], { cwd });
  const { seconds } = await runProcess(script, ["form", engine.socket, CLI, `${SIZE.managers}`, ...named], { cwd });
  return seconds;
}

/** Managers first. */
function ordered(hosts: readonly LabHost[]): readonly LabHost[] {
  const isManager = ({ name }: LabHost) => name.startsWith("manager-");
  const running = hosts.filter(({ containerState }) => containerState === "running");
  return [...running.filter(isManager), ...running.filter((host) => !isManager(host))];
}

/** The first apply is the same for both; it is counted with what one deploy took for it. */
function describe({ synth, deploy, boot, join }: LabPhases, formed: number): readonly Measurement[] {
  const apply = synth + deploy;
  const [ours, original] = [apply + boot + join, apply + formed];
  return [
    { name: "one deploy, from synth to Ready", value: ours, unit: "s" },
    { name: "the original's procedure, on the same hosts", value: original, unit: "s" },
    { name: "  first apply", value: apply, unit: "s" },
    { name: "  boot, tokens, second apply, boot, joins", value: formed, unit: "s" },
    { name: "one deploy to the original's procedure", value: ours / original, unit: "×", limit: 1 / LEAST_RATIO },
  ];
}
