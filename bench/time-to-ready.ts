import { LabProject, type SwarmSize } from "./lab-project";
import type { Measurement } from "./measurement";

/** Sizes, and the seconds within which they must be Ready once their instances are launched; the first is the measure. */
const SIZES: readonly (SwarmSize & { readonly limit: number })[] = [
  { managers: 3, workers: 2, limit: 60 },
  { managers: 5, workers: 5, limit: 120 },
  { managers: 3, workers: 10, limit: 120 },
];

/** From the last instance launched to a Ready swarm, at several sizes, each in a lab of its own. */
export async function measureTimeToReady(): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  let first: number | undefined;
  for (const size of SIZES) {
    const project = new LabProject(size);
    try {
      const { boot, join, total } = await project.whileUp(async () => project.phases());
      const ready = boot + join;
      const name = `${size.managers}+${size.workers}`;
      measurements.push(
        { name: `${name}: instances launched to Ready`, value: ready, unit: "s", limit: size.limit },
        { name: "  boot", value: boot, unit: "s" },
        { name: "  join", value: join, unit: "s" },
        { name: "  lab up, all of it", value: total, unit: "s" },
      );
      first ??= ready;
      if (first !== ready) measurements.push({ name: "  to the first of these", value: ready / first, unit: "×" });
    } finally {
      project.dispose();
    }
  }
  return measurements;
}
