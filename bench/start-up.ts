import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Measurement, median } from "./measurement";
import { runCli, runProcess } from "./process";

/** Runs that count. */
const RUNS = 7;
/** Runs before those, which find the files on the disk instead of in memory. */
const WARM_UP_RUNS = 2;

/** Synth of one environment as a whole process: what every plan and deploy begins with. */
export async function measureSynth(): Promise<Measurement> {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-swarm-bench-"));
  const env = { CDKTF_SWARM_ENVIRONMENTS: "dev", CDKTF_OUTDIR: outdir };
  try {
    const value = await medianSeconds(() => runProcess(process.execPath, ["dist/stacks/main.js"], { env }));
    return { name: "synth of dev, whole process", value, unit: "s", limit: 0.5 };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Start of the command line. */
export async function measureCliStart(): Promise<Measurement> {
  return { name: "cdktf-swarm --help", value: await medianSeconds(() => runCli(["--help"])), unit: "s", limit: 0.1 };
}

async function medianSeconds(run: () => Promise<{ readonly seconds: number }>): Promise<number> {
  const seconds: number[] = [];
  for (let count = 0; count < WARM_UP_RUNS + RUNS; count++) seconds.push((await run()).seconds);
  return median(seconds.slice(WARM_UP_RUNS));
}
