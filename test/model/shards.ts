import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { add, NOTHING, type Sum } from "./shard";

/** Random runs on every core, of so many steps in all; a shard's seeds are far from the next one's. */
export async function runShards(seed: number, steps: number): Promise<Sum> {
  const shards = availableParallelism();
  const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-model-"));
  const bundle = join(folder, "shard.cjs");
  try {
    await build({
      entryPoints: [join(__dirname, "shard.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      target: "node20",
      mainFields: ["module", "main"],
      logLevel: "warning",
    });
    const sums = await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        runShard({ bundle, seed: seed + shard * 1_000_000, steps: Math.ceil(steps / shards) }),
      ),
    );
    return sums.reduce(add, NOTHING);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runShard(workerData: { readonly bundle: string; readonly seed: number; readonly steps: number }) {
  return new Promise<Sum>((resolve, reject) => {
    const worker = new Worker(join(__dirname, "worker.mjs"), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
