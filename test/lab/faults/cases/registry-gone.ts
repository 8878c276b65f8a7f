import type { FaultCase } from "../case";
import { atWork, roll } from "../facts";
import { leaderships } from "../watch/sample";
import { replicasOf } from "../workload/workload";
import { workersOf } from "./workers";

const GONE_SECONDS = 300;

/** DynamoDB does not answer: what runs goes on, and who comes meanwhile joins after. */
export const registryGone: FaultCase = {
  number: 16,
  title: "registry gone for 5 min: services untouched, late joiner joins after",
  async run(scene) {
    const members = roll(scene.now);
    const replicas = replicasOf(scene.now).join();
    await scene.lab.failApi({ service: "dynamodb", mode: "down" });
    await scene.lab.scaleWorkers(3);

    await scene.holds("services untouched, members as they were", GONE_SECONDS, (sample) => {
      if (replicasOf(sample).join() !== replicas) return `the replicas are ${replicasOf(sample).join()}`;
      if (leaderships(sample).length !== 1) return "nobody leads";
      return roll(sample) === members ? undefined : `the members are ${roll(sample)}`;
    });
    if (workersOf(scene.now).length !== 3) throw new Error("there is no late joiner");
    const back = Date.now();
    await scene.lab.mendApi();

    const grown = { ...scene.shape, workers: 3 };
    const sample = await scene.within("the late joiner is Ready", 75, atWork(grown), back);
    if (replicasOf(sample).join() !== replicas)
      throw new Error("replicas were moved although nothing happened to them");
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};
