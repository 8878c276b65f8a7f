import { DEV, type FaultCase, type Shape } from "../case";
import { whole } from "../facts";

/** No fault at all: what all other bounds build upon. */
const formation = (own: Shape, bound: number): FaultCase => ({
  number: 1,
  title: `no fault, ${own.managers}+${own.workers}: ready`,
  own,
  async run(scene) {
    scene.up();
    const launched = await scene.before("instances are launched", ({ instances }) =>
      instances.length === 0 ? "there are none" : undefined,
    );

    await scene.within("every node Ready, from the first launch", bound, whole(own), launched.time);
    await scene.isUp();
  },
});

export const devFormation = formation(DEV, 60);
export const largeFormation = formation({ managers: 5, workers: 5 }, 120);
