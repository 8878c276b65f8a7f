import type { FaultCase, Shape } from "../case";
import { atWork, whole } from "../facts";
import type { Scene } from "../scene";
import { leaderships, marginOf, type Sample } from "../watch/sample";

const STEP_SECONDS = 60;
/** A retired leader hands over; a slow machine may need a second election. */
const ELECTION_MILLISECONDS = 30_000;
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

/** A leader without a majority, or nobody who leads for longer than an election takes. */
function quorumLoss(samples: readonly Sample[]): string | undefined {
  let led = samples[0]?.time ?? 0;
  for (const sample of samples) {
    const leaders = leaderships(sample);
    const when = new Date(sample.time).toISOString();
    if (leaders.some(({ members }) => marginOf(members) < 0)) return `the quorum was lost at ${when}`;
    if (leaders.length > 0) led = sample.time;
    else if (sample.time - led > ELECTION_MILLISECONDS)
      return `nobody led for ${(sample.time - led) / 1000} s at ${when}`;
  }
  return undefined;
}
