// One shard of a run of the model, in a thread of its own.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const { bundle, seed, steps } = workerData;
const { runSteps } = createRequire(import.meta.url)(bundle);
parentPort.postMessage(await runSteps(seed, steps));
