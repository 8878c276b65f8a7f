// Random runs of the membership model, on every core: MODEL_STEPS (default 1,000,000) from MODEL_SEED (default 1).
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

const steps = Number(process.env.MODEL_STEPS ?? 1_000_000);
const seed = Number(process.env.MODEL_SEED ?? 1);
const shards = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-model-"));
const outfile = join(folder, "shard.cjs");
const here = dirname(fileURLToPath(import.meta.url));
const started = Date.now();

/** One worker's share; a shard's seeds are far from the next one's. */
const runShard = (shard) =>
  new Promise((resolve, reject) => {
    const workerData = { bundle: outfile, seed: seed + shard * 1_000_000, steps: Math.ceil(steps / shards) };
    const worker = new Worker(join(here, "worker.mjs"), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });

try {
  await build({
    entryPoints: [join(here, "shard.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  const sums = await Promise.all(Array.from({ length: shards }, (_, shard) => runShard(shard)));
  const total = (field) => sums.reduce((sum, each) => sum + each[field], 0);
  const seconds = (Date.now() - started) / 1000;
  console.log(`${total("runs")} runs, ${total("steps")} steps, ${total("effects")} effects in ${seconds.toFixed(1)} s`);
  for (const field of ["commands", "ends"]) {
    const counts = {};
    for (const sum of sums)
      for (const [name, count] of Object.entries(sum[field])) counts[name] = (counts[name] ?? 0) + count;
    console.log(field, counts);
  }
  const failures = sums.flatMap(({ failure }) => failure ?? []);
  for (const failure of failures) console.error(JSON.stringify(failure));
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
