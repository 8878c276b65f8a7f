import type { FaultCase, Shape } from "../case";
import { atWork, whole } from "../facts";
import type { Scene } from "../scene";
import { quorumLoss } from "../watch/quorum";

const STEP_SECONDS = 60;
const START: Shape = { managers: 1, workers: 2 };

/** The number of managers is changed in the environment file; down by `retire` first. */
export const managersScaled: FaultCase = {
  number: 21,
  title: "scale 1 → 3 → 5 → 3 by file (5 → 3 by retire): quorum at every moment",
  own: START,
  async run(scene) {
    scene.up();
    await scene.before("the lab is whole", whole(START));
    await scene.isUp();
    await scene.given();
    const begun = Date.now();
    await grow(scene, 1, 3);
    await grow(scene, 3, 5);
    for (const slot of [4, 3]) await retire(scene, slot);
    await deploy(scene, 5, 3);
    await scene.before("three managers are left", atWork({ ...START, managers: 3 }));
    const lost = quorumLoss(scene.watch.samples.filter(({ time }) => time >= begun));
    if (lost !== undefined) throw new Error(lost);
  },
};

async function grow(scene: Scene, from: number, to: number): Promise<void> {
  const deployed = deploy(scene, from, to);
  const launched = await scene.before("instances of the new slots", ({ instances }) => {
    const managers = instances.filter(({ autoScalingGroup }) => autoScalingGroup?.includes("-manager-"));
    return managers.length >= to ? undefined : `${managers.length} manager instances`;
  });
  await scene.within(`${from} → ${to} managers`, STEP_SECONDS, whole({ ...START, managers: to }), launched.time);
  await deployed;
}

async function retire(scene: Scene, slot: number): Promise<void> {
  const asked = Date.now();
  const { status, stdout, stderr } = await scene.project.begin("managers", "retire", "dev", String(slot));
  if (status !== 0) throw new Error(`managers retire ${slot} exited with ${status}\n${stdout}${stderr}`);
  await scene.within(`slot ${slot} retired`, STEP_SECONDS, whole({ ...START, managers: slot }), asked);
}

async function deploy(scene: Scene, from: number, to: number): Promise<void> {
  scene.project.edit(new RegExp(`count: ${from}\\b`), `count: ${to}`);
  const { status, stdout, stderr } = await scene.project.deploying("deploy", "dev", "--auto-approve");
  if (status !== 0) throw new Error(`cdktf deploy exited with ${status}\n${stdout}${stderr}`);
}
