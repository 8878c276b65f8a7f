import type { FaultCase } from "../case";
import { host, managerNames, nodeIdOf, whole } from "../facts";

/** Boot, from which the bound counts. */
const BOOT_SECONDS = 60;

/** Each manager in turn is stopped and started by EC2: the same node is back, and the next one goes. */
export const managersRestarted: FaultCase = {
  number: 11,
  title: "manager stopped and started, all three one after another: same node ids, Reachable",
  async run(scene) {
    const managers = [...managerNames(scene.now)].reverse(); // the leader last, as an operator would
    for (const name of managers) {
      const nodeId = nodeIdOf(scene.now, name);
      await scene.lab.fault("stop", name);
      await scene.before(`${name} is off`, (sample) =>
        host(sample, name).container === "running" ? "it runs" : undefined,
      );
      await scene.lab.fault("start", name);
      const started = await scene.before(`${name} is on`, (sample) =>
        host(sample, name).container === "running" ? undefined : "it is off",
      );
      const booted = await scene.within(
        `${name} has booted`,
        BOOT_SECONDS,
        (sample) => (host(sample, name).engine === undefined ? "its dockerd does not answer" : undefined),
        started.time,
      );

      await scene.within(
        `${name} is Reachable as the same node`,
        30,
        (sample) => {
          const { engine } = host(sample, name);
          return engine?.nodeId === nodeId ? whole(scene.shape)(sample) : `it is ${engine?.nodeId ?? "no node"}`;
        },
        booted.time,
      );
    }
  },
};
