import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach } from "vitest";
import type { LabStatus } from "../../../lib/lab/types";
import type { Project } from "./project";

/** Where reports and evidence go; git ignores it. */
export const REPORT = resolve(__dirname, "../../../.lab-report");

/** What of `.lab` tells what happened. */
const KEPT = ["events.jsonl", "faults.json", "logs"];
/** Asking every host for its journal takes seconds, on a busy machine a minute. */
const KEEPING_MILLISECONDS = 120_000;

/** Has each test that fails leave one folder with everything to read, before its lab goes or changes. */
export function keepLabOfFailures(project: Project): void {
  beforeEach(({ task, onTestFailed }) => {
    onTestFailed(async () => {
      const folder = join(REPORT, task.name.replaceAll(/[^\w]+/g, "-").slice(0, 80));
      rmSync(folder, { recursive: true, force: true });
      await keepLab(project, folder, task.result?.errors?.map(({ stack, message }) => stack ?? message) ?? []);
      console.error(`what its lab kept is in ${folder}`);
    }, KEEPING_MILLISECONDS);
  });
}

/** Keeps in a folder why something failed, the lab's records and logs, its status, and the journals of its hosts. */
export async function keepLab(project: Project, folder: string, faults: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("faults.txt", `${faults.join("\n")}\n`);
  for (const name of KEPT) {
    const path = join(project.directory, ".lab", name);
    if (existsSync(path)) cpSync(path, join(folder, name), { recursive: true, force: true });
  }
  const status = await project.begin("lab", "status", "--json");
  write("lab-status.json", status.stdout);
  const { state, environment, hosts } = JSON.parse(status.stdout) as LabStatus;
  if (state !== "up") return;
  if (environment !== undefined) write("status.txt", (await project.begin("status", environment)).stdout);
  for (const { name, instanceId, containerState } of hosts) {
    if (containerState !== "running") continue;
    const { stdout } = await project.on(instanceId, "journalctl", "--no-pager", "--lines", "10000");
    write(`${name}-${instanceId}.log`, stdout);
  }
}
