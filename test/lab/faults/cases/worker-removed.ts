import type { FaultCase } from "../case";
import { host, leaderOf, nodeIdOf, whole } from "../facts";
import { busyWorker } from "./workers";

const BOUND_SECONDS = 180;

/** Somebody removes a node by force that lives: it joins again, or an operator is told that it does not. */
export const workerRemoved: FaultCase = {
  number: 25,
  title: "live worker removed by force: joins again, or is told",
  byHand: ["V3", "V6"],
  async run(scene) {
    const victim = busyWorker(scene.now);
    const nodeId = nodeIdOf(scene.now, victim);
    const { instanceId } = host(scene.now, victim);
    const removed = Date.now();
    await scene.project.execute(leaderOf(scene.now), "docker", "node", "rm", "--force", nodeId);

    const isMember = scene.before("it joins again", whole(scene.shape), BOUND_SECONDS).then(() => true);
    const told = scene
      .told("a worker that is no member", BOUND_SECONDS, new RegExp(`${instanceId}|${nodeId}`), removed)
      .then(() => false);
    if (!(await Promise.any([isMember, told]))) await scene.lab.terminate(instanceId);
    await Promise.allSettled([isMember, told]);
  },
};
