import { setTimeout as sleep } from "node:timers/promises";
import { DEV, type FaultCase } from "../case";
import { whole } from "../facts";
import type { Scene } from "../scene";
import { type HostView, leaderships, managersOf, type Sample } from "../watch/sample";

const PAUSED_SECONDS = 300;
const CLAIM_SECONDS = 120;
const CLAIM_POLL_MILLISECONDS = 50;

/** Brings the lab up until its claimer has a swarm of its own that the registry does not know of. */
async function foundInSecret(scene: Scene): Promise<HostView> {
  scene.up();
  await claimed(scene);
  // The publication is the claimer's next transaction: without it a founder stands where a crash is worst.
  await scene.lab.failApi({ service: "dynamodb", action: "TransactWriteItems", mode: "error" });
  const sample = await scene.before("the claimer has initialised", (seen) =>
    founder(seen) === undefined ? `the cluster is ${seen.registry?.cluster?.phase}` : undefined,
  );
  const found = founder(sample);
  if (found === undefined) throw new Error("there is no founder");
  return found;
}

/** Waits for the claim: looks more often than once a second, for it takes about one from there to the publication. */
async function claimed(scene: Scene): Promise<void> {
  await scene.before("the cluster is seeded", ({ registry }) => (registry?.cluster ? undefined : "there is no record"));
  for (let waited = 0; waited < CLAIM_SECONDS * 1000; waited += CLAIM_POLL_MILLISECONDS) {
    if ((await scene.watch.registry())?.cluster?.phase === "initializing") return;
    await sleep(CLAIM_POLL_MILLISECONDS);
  }
  throw new Error("nobody claims the cluster");
}

/** The host that leads a swarm although none was published. */
function founder(sample: Sample): HostView | undefined {
  const { phase, owner } = sample.registry?.cluster ?? {};
  if (phase !== "initializing") return undefined;
  return leaderships(sample).find(({ host }) => host.instanceId === owner)?.host;
}

/** Strikes the claimer where its swarm is known to nobody; the registry takes publications again then. */
async function strikeClaimer(scene: Scene, fault: "kill" | "pause"): Promise<{ lost: HostView; struck: number }> {
  const lost = await foundInSecret(scene);
  const struck = Date.now();
  await scene.lab.fault(fault, lost.instanceId);
  await scene.lab.mendApi();
  return { lost, struck };
}

/** Two managers of one published swarm, of which the lost founder is none. */
const stolen =
  (lost: HostView) =>
  (sample: Sample): string | undefined => {
    const { phase, clusterId, owner } = sample.registry?.cluster ?? {};
    if (owner === lost.instanceId || clusterId === undefined) return `the claim is ${owner}'s, in ${phase}`;
    const [leader] = leaderships(sample).filter((each) => each.clusterId === clusterId);
    const managers = managersOf(leader?.members ?? []).length;
    return managers === 2 ? undefined : `${managers} managers are in ${clusterId}`;
  };

export const claimerKilled: FaultCase = {
  number: 2,
  title: "claimer's host killed after init, for good: steal, one cluster",
  own: DEV,
  async run(scene) {
    const { lost, struck } = await strikeClaimer(scene, "kill");
    await scene.within("another one's cluster, with the managers that are left", 150, stolen(lost), struck);
    // EC2 knows nothing of a dead host on a running instance: that is for an operator to replace.
    await scene.lab.replace(lost.instanceId);
    await scene.before("the swarm is whole", whole(scene.shape));
    await scene.isUp();
  },
};

export const claimerPaused: FaultCase = {
  number: 3,
  title: "claimer paused 5 min, resumed: leaves, joins",
  own: DEV,
  async run(scene) {
    const { lost, struck } = await strikeClaimer(scene, "pause");
    await scene.before("another one's cluster", stolen(lost), PAUSED_SECONDS);
    await sleep(struck + PAUSED_SECONDS * 1000 - Date.now());
    const resumed = Date.now();
    await scene.lab.fault("resume", lost.instanceId);

    await scene.within("it left its own swarm and joined the other", 60, whole(scene.shape), resumed);
    await scene.isUp();
  },
};

export const founderTerminated: FaultCase = {
  number: 4,
  title: "founder terminated in forming: reset, new cluster ready",
  own: DEV,
  async run(scene) {
    scene.up();
    const forming = await scene.before("the cluster is forming", ({ registry }) =>
      registry?.cluster?.phase === "forming" ? undefined : `it is ${registry?.cluster?.phase}`,
    );
    const { owner = "", clusterId } = forming.registry?.cluster ?? {};
    const terminated = Date.now();
    await scene.lab.terminate(owner);

    const sample = await scene.within("a new cluster is ready", 240, whole(scene.shape), terminated);
    const { abandoned = [] } = sample.registry?.cluster ?? {};
    if (clusterId !== undefined && !abandoned.includes(clusterId))
      throw new Error(`cluster ${clusterId} went on without its founder: it was not lost in forming`);
    await scene.isUp();
  },
};
