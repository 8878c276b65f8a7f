import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../lib/lab";
import { LabProject } from "./lab-project";
import type { Measurement } from "./measurement";
import { type AgentLine, parseAgentLog, type ReplacementPhases, splitReplacement } from "./replacement-phases";

/** Seconds a replacement may take without the boot, as the fault matrix has them. */
const FOLLOWER_LIMIT = 90;
const LEADER_LIMIT = 210;
/** Seconds after which a replacement has failed. */
const PATIENCE = 420;
const LOOK_INTERVAL = 2_000;

/** Two managers of three are lost for ever, a follower and then the leader, and replaced without anybody's help. */
export async function measureReplacement(): Promise<readonly Measurement[]> {
  const project = new LabProject({ managers: 3, workers: 2 });
  try {
    return await project.whileUp(async () => {
      const follower = await replace(project, (role) => role === "Reachable");
      const leader = await replace(project, (role) => role === "Leader");
      return [
        ...describe("a follower", follower, FOLLOWER_LIMIT),
        ...describe("the leader", leader, LEADER_LIMIT),
        { name: "leader to follower, without boot", value: withoutBoot(leader) / withoutBoot(follower), unit: "×" },
      ];
    });
  } finally {
    project.dispose();
  }
}

/** Terminates the instance of a manager whose part in the swarm fits, and waits until its slot has a manager again. */
async function replace(project: LabProject, fits: (role: string) => boolean): Promise<ReplacementPhases> {
  const victim = await managerThat(project, fits);
  const from = Date.now();
  await project.cli(["lab", "fault", "terminate", victim.name]);
  while (Date.now() - from < PATIENCE * 1_000) {
    await sleep(LOOK_INTERVAL);
    const running = await managersOf(project);
    const successor = running.find(({ name, instanceId }) => name === victim.name && instanceId !== victim.instanceId);
    if (successor === undefined) continue;
    const others = running.filter(({ name }) => name !== victim.name);
    const phases = splitReplacement({
      from,
      lost: victim.instanceId,
      successor: successor.instanceId,
      events: project.events(),
      managers: (await Promise.all(others.map((host) => logOf(project, host)))).flat(),
      successorLog: await logOf(project, successor),
    });
    if (phases !== undefined) return phases;
  }
  throw new Error(`${victim.name} was not replaced within ${PATIENCE} s`);
}

async function managerThat(project: LabProject, fits: (role: string) => boolean): Promise<LabHost> {
  for (const host of await managersOf(project)) {
    const role = await project.exec(host.name, "docker", "node", "inspect", "self", "--format", ROLE);
    if (fits(role.trim())) return host;
  }
  throw new Error("no manager of the swarm plays this part");
}

const ROLE = "{{if .ManagerStatus.Leader}}Leader{{else}}Reachable{{end}}";

async function managersOf(project: LabProject): Promise<readonly LabHost[]> {
  const { hosts } = await project.status();
  return hosts.filter(({ name, containerState }) => /^manager-\d+$/.test(name) && containerState === "running");
}

/** What the agent of a host logged; nothing as long as the host is not up to telling. */
async function logOf(project: LabProject, { name }: LabHost): Promise<readonly AgentLine[]> {
  const command = ["journalctl", "--unit", "swarm-node", "--output", "cat", "--no-pager"];
  return parseAgentLog(await project.exec(name, ...command).catch(() => ""));
}

function describe(who: string, phases: ReplacementPhases, limit: number): readonly Measurement[] {
  const part = (name: string, value: number): Measurement => ({ name: `  ${name}`, value, unit: "s" });
  return [
    { name: `${who} replaced, without boot`, value: withoutBoot(phases), unit: "s", limit },
    part("detection", phases.detection),
    part("removal", phases.removal),
    part("launch", phases.launch),
    part("boot", phases.boot),
    part("join", phases.join),
    part("all of it", phases.total),
  ];
}

function withoutBoot({ total, boot }: ReplacementPhases): number {
  return total - boot;
}
