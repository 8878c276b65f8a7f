import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase } from "../case";
import { managerNames, nodeIdOf, roll, whole } from "../facts";
import { hostNamed } from "../watch/sample";
import { workersOf } from "./workers";

/** Seconds after which each manager is back; the workers come with the first. */
const RETURNS = [0, 30, 90] as const;

/** A power cut: everything off at once, and back piece by piece. */
export const allOff: FaultCase = {
  number: 13,
  title: "all hosts off, back at 0, 30, 90 s: nobody leaves, same ids",
  async run(scene) {
    const managers = managerNames(scene.now);
    const workers = workersOf(scene.now).map(({ name }) => name);
    const ids = new Map([...managers, ...workers].map((name) => [name, nodeIdOf(scene.now, name)]));
    const members = roll(scene.now);
    await Promise.all([...managers, ...workers].map((name) => scene.lab.fault("kill", name)));
    await scene.before("all are off", ({ hosts }) => hosts.find(({ container }) => container === "running")?.name, 60);

    const begun = Date.now();
    await Promise.all(workers.map((name) => scene.lab.fault("start", name)));
    const back = managers.map(async (name, index) => {
      await sleep(begun + (RETURNS[index] ?? 0) * 1000 - Date.now());
      await scene.lab.fault("start", name);
    });
    await Promise.all(back.slice(0, 2));
    const secondIsBack = Date.now();
    const isStranger = (name: string, nodeId: string | undefined) => nodeId !== undefined && nodeId !== ids.get(name);

    await scene.within(
      "two managers lead the same nodes",
      60,
      (sample) => {
        const stranger = sample.hosts.find(({ name, engine }) => isStranger(name, engine?.nodeId));
        if (stranger !== undefined) return `${stranger.name} is ${stranger.engine?.nodeId}`;
        if (roll(sample) !== members) return `the members are ${roll(sample)}`;
        const idle = workers.find((name) => hostNamed(sample, name)?.engine?.state !== "active");
        return idle === undefined ? undefined : `${idle} is not active`;
      },
      secondIsBack,
    );
    await Promise.all(back);
    const sample = await scene.before("all are whole", whole(scene.shape));
    if (roll(sample) !== members) throw new Error(`the members are ${roll(sample)}, not ${members}`);
  },
};
