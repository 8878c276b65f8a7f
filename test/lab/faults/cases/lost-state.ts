import type { FaultCase } from "../case";
import { followersOf, nodeIdOf, stateOf, whole } from "../facts";
import type { Scene } from "../scene";
import { busyWorker } from "./workers";

const MEMBER_SECONDS = 240;
/** Empties the folder and leaves it there: after case 22 a disk of its own is mounted on it. */
const LOSE_STATE =
  "systemctl stop docker.socket docker.service && find /var/lib/docker/swarm -mindepth 1 -delete && systemctl start docker";

/** Does something to a member that makes it none, and waits until the host is one again, and its former node gone. */
async function memberAgain(scene: Scene, name: string, what: string, ...command: string[]): Promise<void> {
  const nodeId = nodeIdOf(scene.now, name);
  const begun = Date.now();
  await scene.project.execute(name, ...command);
  await scene.before(`${name}'s node is no more`, (sample) =>
    nodeIdOfOrNone(scene, name) === nodeId && stateOf(nodeId, sample) === "ready" ? "it is Ready still" : undefined,
  );
  await scene.within(
    what,
    MEMBER_SECONDS,
    (sample) =>
      stateOf(nodeId, sample) === "gone" ? whole(scene.shape)(sample) : `its former node is ${stateOf(nodeId, sample)}`,
    begun,
  );
}

function nodeIdOfOrNone(scene: Scene, name: string): string | undefined {
  return scene.now.hosts.find((host) => host.name === name)?.engine?.nodeId;
}

/** A live manager whose disk forgot the swarm, or which left it by hand, has a member's place and no member. */
export const managerLostState: FaultCase = {
  number: 23,
  title: "manager lost /var/lib/docker/swarm, or left by force: a member again by itself",
  byHand: ["V3", "V5", "V6"],
  async run(scene) {
    await memberAgain(scene, followersOf(scene.now)[0], "a member again that lost its state", "sh", "-c", LOSE_STATE);
    const [left] = followersOf(scene.now);
    await memberAgain(scene, left, "a member again that left by force", "docker", "swarm", "leave", "--force");
  },
};

export const workerLostState: FaultCase = {
  number: 24,
  title: "worker lost /var/lib/docker/swarm: rejoined, its former node gone",
  byHand: ["V3", "V6"],
  async run(scene) {
    await memberAgain(scene, busyWorker(scene.now), "rejoined, and one node alone", "sh", "-c", LOSE_STATE);
  },
};
