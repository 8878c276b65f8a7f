import type { FaultCase } from "../case";
import { followersOf, leaderOf, nodeIdOf, stateOf, whole } from "../facts";
import type { Scene } from "../scene";
import { hostNamed, type Sample, slotOf } from "../watch/sample";

/** Boot of the successor, which the bound leaves out: an instance needs that long whoever asked for it. */
const BOOT_SECONDS = 60;

/** Terminates a manager's instance, and waits until its slot has a manager again without anybody's help. */
async function replaced(scene: Scene, victim: string, bound: number): Promise<void> {
  const nodeId = nodeIdOf(scene.now, victim);
  const lost = hostNamed(scene.now, victim)?.instanceId ?? "";
  const successor = ({ hosts }: Sample) => hosts.find(({ name, instanceId }) => name === victim && instanceId !== lost);
  const terminated = Date.now();
  await scene.lab.fault("terminate", victim);

  const removed = await scene.within(
    "the dead one is out of the swarm",
    bound,
    (sample) => (stateOf(nodeId, sample) === "gone" ? undefined : `it is ${stateOf(nodeId, sample)}`),
    terminated,
  );
  const launched = await scene.within(
    "Auto Scaling was asked for another instance",
    bound,
    (sample) => (successor(sample) === undefined ? "there is none" : undefined),
    terminated,
  );
  const booted = await scene.within(
    "the successor has booted",
    BOOT_SECONDS,
    (sample) => (successor(sample)?.engine === undefined ? "its dockerd does not answer" : undefined),
    launched.time,
  );
  // What the bound leaves for the join: all of it, less what finding and removing the dead one took.
  const spent = Math.max(removed.time, launched.time) - terminated;
  await scene.within(
    "three managers again",
    bound - spent / 1000,
    whole(scene.shape),
    Math.max(removed.time, booted.time),
  );
}

export const followerTerminated: FaultCase = {
  number: 9,
  title: "follower's instance terminated: replaced by the leader, never over 3 members",
  run: async (scene) => replaced(scene, followersOf(scene.now)[0], 90),
};

export const leaderTerminated: FaultCase = {
  number: 10,
  title: "leader's instance terminated: replaced by the next leader, never over 3 members",
  run: async (scene) => replaced(scene, leaderOf(scene.now), 210),
};

/** How long the swarm without a quorum is watched before the other manager comes back. */
const ALONE_SECONDS = 60;

export const followerTerminatedOtherDown: FaultCase = {
  number: 12,
  title: "follower's instance terminated while another manager is down: nobody leaves, heals on return",
  async run(scene) {
    const [terminated, down] = followersOf(scene.now);
    const survivor = leaderOf(scene.now);
    const kept = nodeIdOf(scene.now, survivor);
    const launched = launches(scene.now);
    await scene.lab.fault("kill", down);
    await scene.lab.fault("terminate", terminated);
    await scene.holds("without a quorum the last manager stays, and nothing is launched", ALONE_SECONDS, (sample) => {
      const { engine } = hostNamed(sample, survivor) ?? {};
      if (engine !== undefined && engine.nodeId !== kept) return `${survivor} is ${engine.nodeId ?? engine.state}`;
      return launches(sample) === launched ? undefined : "a successor was launched";
    });
    const returned = Date.now();
    await scene.lab.fault("start", down);

    await scene.within("three managers again", 120, whole(scene.shape), returned);
  },
};

/** How many instances were ever launched for slots. */
function launches(sample: Sample): number {
  return sample.instances.filter(({ id }) => slotOf(id, sample) !== undefined).length;
}
