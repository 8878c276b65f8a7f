import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase } from "../case";
import { changed, followersOf, host, leaderOf, managerNames, roll, whole } from "../facts";
import type { Scene } from "../scene";
import { leaderships } from "../watch/sample";

const SIGNAL_SECONDS = 120;
const LOSS_SECONDS = 120;
const AHEAD_SECONDS = 120;
const METADATA_SECONDS = 150;
const WHOLE_SECONDS = 90;
const REPLACED_SECONDS = 300;

/** The leader's dockerd is stopped by a signal, and goes on: what runs on the host does not notice. */
export const leaderStopped: FaultCase = {
  number: 27,
  title: "leader's dockerd stopped by a signal for 2 min: new leader, whole after",
  async run(scene) {
    const victim = leaderOf(scene.now);
    const signal = (name: string) => scene.project.execute(victim, "sh", "-c", `kill -${name} $(cat /run/docker.pid)`);
    const stopped = Date.now();
    await signal("STOP");
    await scene.within(
      "a new leader",
      65,
      (sample) => (leaderships(sample).some((each) => each.host.name !== victim) ? undefined : "nobody leads"),
      stopped,
    );
    await sleep(stopped + SIGNAL_SECONDS * 1000 - Date.now());
    const resumed = Date.now();
    await signal("CONT");
    await scene.within("whole again", WHOLE_SECONDS, whole(scene.shape), resumed);
  },
};

export const packetsLost: FaultCase = {
  number: 28,
  title: "30 % of the managers' packets lost for 2 min: nobody is removed",
  async run(scene) {
    const members = roll(scene.now);
    const managers = managerNames(scene.now);
    const rule = ["INPUT", "-i", "eth0", "-m", "statistic", "--mode", "random", "--probability", "0.3", "-j", "DROP"];
    const drop = (how: string) =>
      Promise.all(managers.map((name) => scene.project.execute(name, "iptables", "--wait", how, ...rule)));
    await drop("-I");
    await scene.holds("nobody is removed", LOSS_SECONDS, (sample) => changed(members, sample));
    const mended = Date.now();
    await drop("-D");
    await scene.within("whole again", WHOLE_SECONDS, whole(scene.shape), mended);
  },
};

export const clockAhead: FaultCase = {
  number: 29,
  title: "leader's clock 10 min ahead, and right again: nobody is removed",
  async run(scene) {
    const members = roll(scene.now);
    const leader = leaderOf(scene.now);
    await scene.lab.fault("clock", leader, "--seconds", "600");
    await scene.holds("nobody is removed", AHEAD_SECONDS, (sample) => changed(members, sample));
    const right = Date.now();
    await scene.lab.fault("clock", leader, "--seconds", "0");
    await scene.within("whole again", WHOLE_SECONDS, whole(scene.shape), right);
  },
};

/** Agents remember nothing that is not on record: however often they die, what was asked for goes on. */
export const agentsKilled: FaultCase = {
  number: 30,
  title: "agents of all managers killed every 5 to 8 s during `managers replace`: done after",
  async run(scene) {
    const [victim] = followersOf(scene.now);
    const { instanceId } = host(scene.now, victim);
    const slot = victim.replace("manager-", "");
    await scene.project.begin("managers", "replace", "dev", slot, "--no-wait");
    for (let round = 0; round < 8; round++) {
      const names = scene.now.hosts.filter(({ container }) => container === "running").map(({ name }) => name);
      const managers = names.filter((name) => name.startsWith("manager-"));
      await Promise.all(
        managers.map((name) => scene.project.on(name, "systemctl", "kill", "-s", "KILL", "swarm-node")),
      );
      await sleep(5_000 + (round % 4) * 1_000);
    }
    const left = Date.now();
    await scene.within(
      "replaced, and whole",
      REPLACED_SECONDS,
      (sample) =>
        sample.hosts.some((each) => each.instanceId === instanceId && each.container === "running")
          ? "the old instance runs"
          : whole(scene.shape)(sample),
      left,
    );
  },
};

export const registryThrottled: FaultCase = {
  number: 31,
  title: "registry refuses every other request during a replacement: replaced all the same",
  async run(scene) {
    const [victim] = followersOf(scene.now);
    const { instanceId } = host(scene.now, victim);
    await scene.lab.fault("api", "dynamodb", "throttle", "--share", "0.5");
    const terminated = Date.now();
    await scene.lab.fault("terminate", victim);
    await scene.within(
      "replaced, and whole",
      REPLACED_SECONDS,
      (sample) =>
        sample.hosts.some((each) => each.instanceId === instanceId && each.engine)
          ? "it runs"
          : whole(scene.shape)(sample),
      terminated,
    );
    await scene.lab.fault("api", "dynamodb", "well");
  },
};

/** By hand is by hand (P14): it is told, and left alone. */
export const demotedByHand: FaultCase = {
  number: 33,
  title: "manager demoted by hand: told, left alone, promoted by hand again",
  byHand: ["V5"],
  async run(scene) {
    const [victim] = followersOf(scene.now);
    const docker = (...args: string[]) => scene.project.execute(leaderOf(scene.now), "docker", ...args);
    const nodeId = scene.now.hosts.find(({ name }) => name === victim)?.engine?.nodeId ?? "";
    const demoted = Date.now();
    await docker("node", "demote", nodeId);
    await scene.told("a demotion by hand", 120, /demoted|by hand|not promoted|no manager/, demoted);
    await docker("node", "promote", nodeId);
    await scene.within("whole again", WHOLE_SECONDS, whole(scene.shape));
  },
};

export const rotatedDuringJoin: FaultCase = {
  number: 34,
  title: "CA rotated while a worker joins: it joins",
  async run(scene) {
    const begun = Date.now();
    await scene.lab.scaleWorkers(3);
    await scene.before("a third worker boots", ({ hosts }) =>
      hosts.filter(({ name }) => name.startsWith("general-")).length > 2 ? undefined : "there is none",
    );
    await scene.project.execute(leaderOf(scene.now), "docker", "swarm", "ca", "--rotate", "--quiet", "--detach");
    await scene.within("it is Ready", 120, whole({ ...scene.shape, workers: 3 }), begun);
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};

export const metadataAway: FaultCase = {
  number: 36,
  title: "metadata service away for 150 s at boot: the worker joins after",
  async run(scene) {
    await scene.lab.metadata("away");
    try {
      await scene.lab.scaleWorkers(3);
      await sleep(METADATA_SECONDS * 1000);
    } finally {
      await scene.lab.metadata("back");
    }
    await scene.within("the late worker is Ready", 180, whole({ ...scene.shape, workers: 3 }));
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};

/** Terraform holds its state: whoever is interrupted, or comes second, breaks nothing that the next deploy cannot mend. */
export const deploysInterrupted: FaultCase = {
  number: 35,
  title: "deploys interrupted by SIGINT, and two at once: the next one finishes, the swarm untouched",
  async run(scene) {
    const members = roll(scene.now);
    const deploy = () => scene.project.deploying("deploy", "dev", "--auto-approve", "--skip-provider-lock");
    await interrupted(scene);
    await Promise.all([deploy(), deploy()]);
    const { status, stdout, stderr } = await deploy();
    if (status !== 0) throw new Error(`cdktf deploy exited with ${status}\n${stdout}${stderr}`);
    const found = changed(members, scene.now);
    if (found !== undefined) throw new Error(found);
  },
};

async function interrupted(scene: Scene): Promise<void> {
  const signal = AbortSignal.timeout(12_000);
  await scene.project.deployingUntil(signal, "deploy", "dev", "--auto-approve", "--skip-provider-lock");
}
