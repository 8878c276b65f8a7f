import { DEV, type FaultCase } from "../case";
import { leaderOf, whole } from "../facts";

/** The lab's AWS dies: the swarm runs on, and nobody throws it away unasked. */
export const emulatorKilled: FaultCase = {
  number: 32,
  title: "emulated AWS killed: the swarm runs on, `lab status` and `lab up` say what is next",
  own: DEV,
  async run(scene) {
    scene.up();
    await scene.before("the lab is whole", whole(scene.shape));
    await scene.isUp();
    const leader = leaderOf(scene.now);
    await scene.lab.killEmulator();

    const nodes = await scene.project.execute(leader, "docker", "node", "ls", "--format", "{{.Status}}");
    const ready = nodes.split("\n").filter((status) => status === "Ready").length;
    if (ready !== scene.shape.managers + scene.shape.workers) throw new Error(`${ready} nodes are Ready`);
    const status = await scene.project.begin("lab", "status");
    if (!status.stdout.includes("cdktf-swarm lab up")) throw new Error(`status names no next step:\n${status.stdout}`);
    const up = await scene.project.begin("lab", "up", "dev");
    if (up.status !== 1 || !up.stderr.includes("--discard")) throw new Error(`lab up did not refuse:\n${up.stderr}`);
  },
};
