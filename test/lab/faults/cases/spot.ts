import type { FaultCase } from "../case";
import { host, nodeIdOf } from "../facts";
import { leaderships } from "../watch/sample";
import { busyWorker } from "./workers";

/** EC2 takes a spot instance back, two minutes after it said so. */
export const spotNotice: FaultCase = {
  number: 19,
  title: "spot notice: drained before the 2 minutes end",
  async run(scene) {
    const victim = busyWorker(scene.now);
    const nodeId = nodeIdOf(scene.now, victim);
    const { instanceId } = host(scene.now, victim);
    const noticed = Date.now();
    await scene.lab.spotNotice(instanceId);

    await scene.within(
      "drained, its tasks gone",
      120,
      (sample) => {
        const members = leaderships(sample).flatMap((leadership) => leadership.members);
        const member = members.find((each) => each.nodeId === nodeId);
        if (member !== undefined && member.availability !== "drain") return `it is ${member.availability}`;
        const left = sample.hosts.find((each) => each.instanceId === instanceId)?.engine?.replicas ?? [];
        return left.length === 0 ? undefined : `${left.length} replicas run on it`;
      },
      noticed,
    );
    await scene.before("EC2 takes the instance", ({ instances }) => {
      const state = instances.find(({ id }) => id === instanceId)?.state;
      return state === "running" ? "it runs" : undefined;
    });
  },
};
