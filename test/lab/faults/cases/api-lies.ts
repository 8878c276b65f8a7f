import type { FaultCase } from "../case";
import { changed, followersOf, nodeIdOf, roll, stateOf } from "../facts";
import { busyWorker } from "./workers";

/** How EC2 fails, one after the other, for three minutes in all. */
const MODES = ["error", "empty", "partial"] as const;
const EACH_SECONDS = 60;

/** A manager and a worker are Down while EC2 answers nonsense: no answer may make them dead. */
export const apiLies: FaultCase = {
  number: 15,
  title: "EC2 API errors, empty, partial while a node is Down: no removal",
  async run(scene) {
    const victims = [followersOf(scene.now)[0], busyWorker(scene.now)];
    const ids = victims.map((name) => nodeIdOf(scene.now, name));
    const members = roll(scene.now);
    for (const name of victims) await scene.lab.fault("kill", name);
    await scene.before("both are Down", (sample) => {
      const other = ids.find((nodeId) => stateOf(nodeId, sample) !== "down");
      return other === undefined ? undefined : `${other} is ${stateOf(other, sample)}`;
    });

    for (const mode of MODES) {
      await scene.lab.mendApi();
      await scene.lab.failApi({ service: "ec2", mode });
      await scene.holds(`EC2 answers "${mode}", nobody is removed`, EACH_SECONDS, (sample) => changed(members, sample));
    }
    await scene.lab.mendApi();
    for (const name of victims) await scene.lab.fault("start", name);
  },
};
