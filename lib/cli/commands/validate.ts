import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { EnvironmentConfig } from "../../config";
import { ConfigError } from "../../errors";
import type { Action } from "../context";
import { environmentFiles } from "../environments";
import { reportFailure, UsageError } from "../failure";
import { plural } from "../output";

/** `cdktf-swarm validate [FILE|ENV…]`: checks environment files and names every fault in all of them. */
export function validate(targets: readonly string[]): Action {
  return async ({ cwd, output }) => {
    const { displayPath, loadEnvironments } = await import("../../config/index.js");
    const files =
      targets.length === 0
        ? await environmentFiles([], cwd)
        : (await Promise.all(targets.map((target) => filesOf(target, cwd)))).flat();
    const { environments, faults } = loadEnvironments(files.map(displayPath));
    for (const { file, config } of environments) {
      // One that is well by itself may still not go together with another.
      if (!faults.some((fault) => fault.file === file)) output.result(`${file}: ${summary(config)}`);
    }
    return faults.length === 0 ? 0 : reportFailure(new ConfigError(faults), output);
  };
}

/** A target with a slash or an ending is a file, any other is the name of an environment. */
async function filesOf(target: string, cwd: string): Promise<readonly string[]> {
  if (!/[/\\]|\.ya?ml$/.test(target)) return environmentFiles([target], cwd);
  const file = resolve(cwd, target);
  if (!existsSync(file)) throw new UsageError(`${target}: no such file`);
  return [file];
}

function summary(config: EnvironmentConfig): string {
  const workers = config.workers.reduce((sum, pool) => sum + pool.desired, 0);
  const zones = config.network.availabilityZones.length;
  const nodes = `${plural(config.managers.count, "manager")} and ${plural(workers, "worker")}`;
  return `valid (${nodes} in ${plural(zones, "zone")} of ${config.region})`;
}
