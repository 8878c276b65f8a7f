import type { FaultCase } from "../case";
import { followersOf, host, leaderOf, managerNames, nodeIdOf, stateOf, whole } from "../facts";
import type { Scene } from "../scene";
import { SERVICE } from "../workload/service";
import { busyWorker } from "./workers";

const FULL_SECONDS = 60;
const HEALED_SECONDS = 120;

/** The disk of the swarm's state is full, and has room again: dockerd repairs itself, and whoever leads then acts. */
export const diskFull: FaultCase = {
  number: 22,
  title: "swarm state's disk full for 1 min, of leader, follower and worker: whole again, and somebody leads",
  async run(scene) {
    for (const name of [...managerNames(scene.now), busyWorker(scene.now)]) {
      await scene.lab.fault("disk", name, "--prepare"); // its dockerd starts again for it
      await scene.before(`${name} is back on its small disk`, whole(scene.shape));
    }
    await filled(scene, "leader", leaderOf(scene.now));
    await filled(scene, "follower", followersOf(scene.now)[0]);
    await filled(scene, "worker", busyWorker(scene.now));
    await actsStill(scene);
  },
};

async function filled(scene: Scene, role: string, name: string): Promise<void> {
  await scene.lab.fault("disk", name);
  const begun = Date.now();
  // Something to write, for as long as there is no room.
  while (Date.now() < begun + FULL_SECONDS * 1000)
    await scene.project.on(
      leaderOrAny(scene),
      "timeout",
      "20",
      "docker",
      "service",
      "update",
      "--force",
      "-d",
      SERVICE,
    );
  const freed = Date.now();
  await scene.lab.fault("disk", name, "--free");

  await scene.within(`the swarm is whole after the ${role}'s disk was full`, HEALED_SECONDS, whole(scene.shape), freed);
}

/** A manager that answers; nobody may lead while the disk is full. */
function leaderOrAny(scene: Scene): string {
  try {
    return leaderOf(scene.now);
  } catch {
    return "manager-0";
  }
}

/** A dead worker is taken out and another comes, as only a leader that acts can have it. */
async function actsStill(scene: Scene): Promise<void> {
  const victim = busyWorker(scene.now);
  const nodeId = nodeIdOf(scene.now, victim);
  const terminated = Date.now();
  await scene.lab.terminate(host(scene.now, victim).instanceId);
  await scene.within(
    "a terminated worker is removed",
    150,
    (sample) => (stateOf(nodeId, sample) === "gone" ? undefined : `it is ${stateOf(nodeId, sample)}`),
    terminated,
  );
  await scene.within("its successor is Ready", 150, whole(scene.shape), terminated);
}
