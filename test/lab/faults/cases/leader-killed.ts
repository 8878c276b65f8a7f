import type { FaultCase } from "../case";
import { changed, leaderOf, nodeIdOf, roll, stateOf } from "../facts";
import { leaderships } from "../watch/sample";

/** The leader's host dies: another manager leads, and the dead one stays a member. */
export const leaderKilled: FaultCase = {
  number: 8,
  title: "leader killed: new leader, old Down",
  async run(scene) {
    const victim = leaderOf(scene.now);
    const nodeId = nodeIdOf(scene.now, victim);
    const members = roll(scene.now);
    const killed = Date.now();
    await scene.lab.fault("kill", victim);

    await scene.within(
      "a new leader",
      65,
      (sample) => {
        const [leader] = leaderships(sample).filter(({ host }) => host.name !== victim);
        return leader === undefined ? "nobody leads" : undefined;
      },
      killed,
    );
    await scene.within(
      "the old one is Down",
      130,
      (sample) => (stateOf(nodeId, sample) === "down" ? undefined : `it is ${stateOf(nodeId, sample)}`),
      killed,
    );
    await scene.holds("it stays a member", 15, (sample) => changed(members, sample));
    await scene.lab.fault("start", victim);
  },
};
