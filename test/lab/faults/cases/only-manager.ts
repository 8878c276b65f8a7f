import type { FaultCase } from "../case";
import { host, leaderOf, whole } from "../facts";
import type { Sample } from "../watch/sample";
import { leaderships } from "../watch/sample";
import { moved, placement } from "../workload/workload";

const ALONE = { managers: 1, workers: 2 };
/** How long the successor is watched: it finds an empty disk and a cluster that was ready. */
const HOLDS_SECONDS = 180;

/** The only manager is lost with its disk: what it knew is gone, and nobody may pretend otherwise. */
export const onlyManagerLost: FaultCase = {
  number: 5,
  title: "only manager lost after ready: nobody inits; reported",
  own: ALONE,
  async run(scene) {
    scene.up();
    await scene.before("the lab is whole", whole(scene.shape));
    await scene.isUp();
    await scene.given();
    const { cluster } = scene.now.registry ?? {};
    const replicas = placement(scene.now);
    const victim = leaderOf(scene.now);
    const { instanceId } = host(scene.now, victim);
    const successor = ({ hosts }: Sample) =>
      hosts.find((each) => each.name === victim && each.instanceId !== instanceId);
    const lost = Date.now();
    await scene.lab.fault("terminate", victim);

    await scene.told("the loss of the only manager", 60, /^quorum is lost: 0 of 1 managers reachable/, lost);
    await scene.lab.replace(instanceId);
    await scene.before("a successor is there", (sample) =>
      successor(sample)?.engine === undefined ? "there is none" : undefined,
    );
    await scene.holds("nobody initialises, and what runs goes on", HOLDS_SECONDS, (sample) => {
      if (leaderships(sample).length > 0) return "somebody leads a swarm";
      const { phase, clusterId, generation } = sample.registry?.cluster ?? {};
      if (phase !== "ready" || clusterId !== cluster?.clusterId || generation !== cluster?.generation)
        return `the record says ${phase}, cluster ${clusterId}, generation ${generation}`;
      return moved(replicas, sample);
    });
  },
};
