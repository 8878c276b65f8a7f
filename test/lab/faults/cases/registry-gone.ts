import type { FaultCase } from "../case";
import { atWork, changed, roll } from "../facts";
import { moved, placement } from "../workload/workload";
import { workersOf } from "./workers";

const GONE_SECONDS = 300;

/** DynamoDB does not answer: what runs goes on, and who comes meanwhile joins after. */
export const registryGone: FaultCase = {
  number: 16,
  title: "registry gone for 5 min: services untouched, late joiner joins after",
  async run(scene) {
    const members = roll(scene.now);
    const replicas = placement(scene.now);
    await scene.lab.failApi({ service: "dynamodb", mode: "down" });
    await scene.lab.scaleWorkers(3);

    await scene.holds("services untouched, members as they were", GONE_SECONDS, (sample) => {
      return changed(members, sample) ?? moved(replicas, sample);
    });
    if (workersOf(scene.now).length !== 3) throw new Error("there is no late joiner");
    const back = Date.now();
    await scene.lab.mendApi();

    const grown = { ...scene.shape, workers: 3 };
    const sample = await scene.within("the late joiner is Ready", 75, atWork(grown), back);
    const lost = moved(replicas, sample);
    if (lost !== undefined) throw new Error(lost);
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};
