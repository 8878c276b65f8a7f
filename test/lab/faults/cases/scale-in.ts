import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../support/ask";
import type { FaultCase } from "../case";
import { leaderOf, replicated } from "../facts";
import { leaderships, type Sample } from "../watch/sample";

/** A worker is to go just when the leader dies: the next leader takes the drain over. */
export const scaleInWithoutLeader: FaultCase = {
  number: 17,
  title: "worker terminated by scale-in while the leader is killed: drained, hook completed once",
  async run(scene) {
    const leader = leaderOf(scene.now);
    const completedBefore = await completions(scene.lab.front());
    const begun = Date.now();
    await scene.lab.scaleWorkers(1);
    await scene.lab.fault("kill", leader);
    const leaving = await scene.before("Auto Scaling has chosen", (sample) =>
      terminatingWorker(sample) === undefined ? "no worker is to terminate" : undefined,
    );
    const instanceId = terminatingWorker(leaving) ?? "";
    const nodeId = leaving.hosts.find((host) => host.instanceId === instanceId)?.engine?.nodeId ?? "";

    await scene.within(
      "drained, and terminated",
      150,
      (sample) => {
        const state = sample.instances.find(({ id }) => id === instanceId)?.state;
        return state === "terminated" || state === "shutting-down" ? undefined : `the instance is ${state}`;
      },
      begun,
    );
    const drained = scene.watch.samples.some((sample) =>
      leaderships(sample).some(({ members }) =>
        members.some((member) => member.nodeId === nodeId && member.availability === "drain"),
      ),
    );
    if (!drained) throw new Error(`${nodeId} was terminated without having been drained`);
    await scene.before("the tasks run on the other worker", replicated);
    await sleep(5_000); // a second completion would come now
    const completed = (await completions(scene.lab.front())) - completedBefore;
    if (completed !== 1) throw new Error(`the hook was completed ${completed} times`);
    await scene.lab.fault("start", leader);
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};

function terminatingWorker({ instances }: Sample): string | undefined {
  return instances.find(
    ({ autoScalingGroup, lifecycleState }) =>
      autoScalingGroup?.includes("-worker-") === true && lifecycleState?.startsWith("Terminating") === true,
  )?.id;
}

/** How often a lifecycle action was completed so far, by anybody. */
async function completions(front: string): Promise<number> {
  const counts = JSON.parse(await ask(`${front}/lab/requests`)) as { action: string; count: number }[];
  return counts
    .filter(({ action }) => action === "autoscaling:CompleteLifecycleAction")
    .reduce((sum, { count }) => sum + count, 0);
}
