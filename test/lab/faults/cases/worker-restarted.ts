import type { FaultCase } from "../case";
import { host, nodeIdOf, stateOf } from "../facts";
import type { Sample } from "../watch/sample";
import { busyWorker } from "./workers";

/** A worker reboots: the same node is back. */
export const workerRestarted: FaultCase = {
  number: 7,
  title: "worker restarted: same node Ready",
  async run(scene) {
    const victim = busyWorker(scene.now);
    const nodeId = nodeIdOf(scene.now, victim);
    let wentDown = false;
    const missing = (sample: Sample): string | undefined => {
      const { engine } = host(sample, victim);
      wentDown ||= engine === undefined;
      if (!wentDown) return "it has not gone down yet";
      if (engine?.state !== "active" || engine.nodeId !== nodeId) return "its dockerd is not that node again";
      return stateOf(nodeId, sample) === "ready" ? undefined : `the swarm says ${stateOf(nodeId, sample)}`;
    };
    const asked = Date.now();
    await scene.project.on(victim, "systemctl", "reboot");

    await scene.within("the same node is Ready", 15, missing, asked);
  },
};
