import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase, Shape } from "../case";
import { followersOf, leaderOf, type Missing, nodeIdOf, whole } from "../facts";
import type { Scene } from "../scene";
import { hostNamed, leaderships, managersOf } from "../watch/sample";

const LOCKED: Shape = { managers: 3, workers: 1, locked: true };
/** A dockerd that waits for a leader does not end when asked: systemd kills it after 90 s. */
const RECOVERY_SECONDS = 240;
/** Until the record of the last manager no longer says that the swarm answers it. */
const PROOF_SECONDS = 180;
const ASK_AGAIN_MILLISECONDS = 5_000;
const UNLOCK_SECONDS = 60;
const WHOLE_SECONDS = 180;

/** The swarm's disks are locked, and the last manager has restarted: dockerd takes its key, and waits for a leader. */
export const lockedRecovery: FaultCase = {
  number: 26,
  title: "locked swarm without quorum: recovered from the last manager, with the same key and its lock on",
  own: LOCKED,
  async run(scene) {
    scene.up();
    await scene.isUp();
    await scene.before("the lab is whole", whole(LOCKED));
    const survivor = leaderOf(scene.now);
    const [terminated, stopped] = followersOf(scene.now);
    const kept = nodeIdOf(scene.now, survivor);
    const key = await unlockKey(scene, survivor);
    // One that is stopped is not replaced, and with the next one the quorum is gone at once.
    await scene.lab.fault("stop", stopped);
    await scene.lab.fault("terminate", terminated);
    await scene.project.execute(survivor, "systemctl", "restart", "docker");

    await recovered(scene, survivor);
    await scene.within("the last manager leads alone, as who it was", 10, ledBy(survivor, kept));
    await isLockedWith(scene, survivor, key);
    await scene.project.execute(survivor, "systemctl", "restart", "docker");
    await scene.within("it unlocks itself after a restart", UNLOCK_SECONDS, ledBy(survivor, kept));
    const asked = Date.now();
    const { status, stdout, stderr } = await scene.project.begin("managers", "replace", "dev", slotOfHost(stopped));
    if (status !== 0) throw new Error(`managers replace exited with ${status}\n${stdout}${stderr}`);
    await scene.within("three managers again", WHOLE_SECONDS, whole(LOCKED), asked);
    await isLockedWith(scene, survivor, key);
  },
};

/** `recover`, as soon as it is proven that the swarm is lost. */
async function recovered(scene: Scene, survivor: string): Promise<void> {
  const begun = Date.now();
  for (;;) {
    const proof = await scene.project.begin("recover", "dev", "--slot", slotOfHost(survivor));
    if (proof.stdout.startsWith("proven: ")) break;
    if (Date.now() - begun > PROOF_SECONDS * 1000) throw new Error(`recover proves nothing\n${proof.stderr}`);
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
  const proven = Date.now();
  const timeout = String(RECOVERY_SECONDS * 2);
  const words = ["recover", "dev", "--slot", slotOfHost(survivor), "--yes", "--timeout", timeout];
  const { status, stdout, stderr } = await scene.project.begin(...words);
  if (status !== 0) throw new Error(`recover exited with ${status}\n${stdout}${stderr}`);
  const ready: Missing = ({ registry }) => (registry?.cluster?.phase === "ready" ? undefined : "it is not ready");
  await scene.within("the swarm is ready again", RECOVERY_SECONDS, ready, proven);
}

const ledBy =
  (name: string, nodeId: string): Missing =>
  (sample) => {
    const [leader] = leaderships(sample);
    if (leader === undefined) return "nobody leads";
    const { engine } = hostNamed(sample, name) ?? {};
    if (leader.host.name !== name || engine?.nodeId !== nodeId) return `${leader.host.name} leads`;
    const reachable = managersOf(leader.members).filter(({ manager }) => manager?.reachability === "reachable");
    return reachable.length === 1 ? undefined : `${reachable.length} managers are reachable`;
  };

async function isLockedWith(scene: Scene, name: string, key: string): Promise<void> {
  if ((await unlockKey(scene, name)) !== key) throw new Error("the swarm has another unlock key");
  const file = await scene.project.execute(name, "cat", "/var/lib/docker/swarm/certificates/swarm-node.key");
  if (!file.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----")) throw new Error(`the disk of ${name} is not locked`);
}

async function unlockKey({ project }: Scene, name: string): Promise<string> {
  return (await project.execute(name, "docker", "swarm", "unlock-key", "--quiet")).trim();
}

function slotOfHost(name: string): string {
  return name.replace("manager-", "");
}
