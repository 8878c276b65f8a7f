import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { EnvironmentConfig } from "../../config";
import { ConfigError, type ConfigFault } from "../../errors";
import type { Action } from "../context";
import { displayPath, environmentFile, environmentFiles } from "../environments";
import { reportFailure, UsageError } from "../failure";
import { plural } from "../output";

/** `cdktf-swarm validate [FILE|ENV…]`: checks environment files and names every fault in all of them. */
export function validate(targets: readonly string[]): Action {
  return async ({ cwd, output }) => {
    const files =
      targets.length > 0 ? await Promise.all(targets.map((target) => fileOf(target, cwd))) : await allFiles(cwd);
    const { loadEnvironment } = await import("../../config/index.js");
    const faults: ConfigFault[] = [];
    for (const file of files) {
      try {
        output.result(`${file}: ${summary(loadEnvironment(file))}`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        faults.push(...error.faults);
      }
    }
    return faults.length === 0 ? 0 : reportFailure(new ConfigError(faults), output);
  };
}

async function allFiles(cwd: string): Promise<readonly string[]> {
  const files = (await environmentFiles(cwd)).map((each) => each.file);
  if (files.length === 0) throw new UsageError("no file to validate: there is none in stacks/environments here");
  return files;
}

/** A target with a slash or an ending is a file, any other is the name of an environment. */
async function fileOf(target: string, cwd: string): Promise<string> {
  if (!/[/\\]|\.ya?ml$/.test(target)) return environmentFile(target, cwd);
  const file = resolve(cwd, target);
  if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`${target}: no such file`);
  return displayPath(file);
}

function summary(config: EnvironmentConfig): string {
  const workers = config.workers.reduce((sum, pool) => sum + pool.desired, 0);
  const zones = config.network.availabilityZones.length;
  const nodes = `${plural(config.managers.count, "manager")} and ${plural(workers, "worker")}`;
  return `valid (${nodes} in ${plural(zones, "zone")} of ${config.region})`;
}
