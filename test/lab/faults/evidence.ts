import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keepLab, REPORT } from "../support/evidence";
import type { FaultCase } from "./case";
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
  const { samples } = scene.watch;
  writeFileSync(join(folder, "samples.jsonl"), `${samples.map((sample) => JSON.stringify(sample)).join("\n")}\n`);
  if (faults.length === 0) return;
  await keepLab(scene.project, folder, faults);
}
