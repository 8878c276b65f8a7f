import type { FaultCase } from "../case";
import { host, nodeIdOf, replicated, stateOf } from "../facts";
import { busyWorker } from "./workers";

/** A worker's host dies, its instance does not: its tasks go elsewhere, and it stays a member. */
export const workerKilled: FaultCase = {
  number: 6,
  title: "worker killed: task moved, node not removed",
  async run(scene) {
    const victim = busyWorker(scene.now);
    const nodeId = nodeIdOf(scene.now, victim);
    const killed = Date.now();
    await scene.lab.fault("kill", victim);

    await scene.within(
      "its tasks run elsewhere",
      40,
      (sample) => (host(sample, victim).container === "running" ? "it still runs" : replicated(sample)),
      killed,
    );
    await scene.holds("the node stays a member", 30, (sample) =>
      stateOf(nodeId, sample) === "down" ? undefined : `it is ${stateOf(nodeId, sample)}`,
    );
    await scene.lab.fault("start", victim);
  },
};
