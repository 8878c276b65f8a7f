import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultCase } from "./case";
import { REPORT } from "./report";
import type { Scene } from "./scene";

/** Keeps what was seen, and of a case that failed all it takes to find out why, before its lab goes. */
export async function saveEvidence(
  { number }: FaultCase,
  scene: Scene,
  lap: number,
  faults: readonly string[],
): Promise<void> {
  const folder = join(REPORT, `case-${number}-${scene.shape.managers}+${scene.shape.workers}-lap-${lap}`);
  mkdirSync(folder, { recursive: true });
  const { samples, latest } = scene.watch;
  writeFileSync(join(folder, "samples.jsonl"), `${samples.map((sample) => JSON.stringify(sample)).join("\n")}\n`);
  if (faults.length === 0) return;
  writeFileSync(join(folder, "faults.txt"), `${faults.join("\n")}\n`);
  const logs = join(scene.project.directory, ".lab/logs");
  if (existsSync(logs)) cpSync(logs, join(folder, "logs"), { recursive: true, force: true });
  for (const { name, instanceId, container } of latest?.hosts ?? []) {
    if (container !== "running") continue;
    const { stdout } = await scene.project.on(instanceId, "journalctl", "--no-pager", "--lines", "10000");
    writeFileSync(join(folder, `${name}-${instanceId}.log`), stdout);
  }
}
