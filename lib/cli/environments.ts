import type { EnvironmentConfig } from "../config";
import { OperationError } from "../errors";
import type { ExpectedSwarm } from "../operations";
import { UsageError } from "./failure";

/** The files of a project's environments: of those that are named, or of all. */
export async function environmentFiles(names: readonly string[], cwd: string): Promise<readonly string[]> {
  const config = await import("../config/index.js");
  return asUsage(() => config.environmentFiles(cwd, names));
}

/** Loads an environment by its name. */
export async function loadNamedEnvironment(name: string, cwd: string): Promise<EnvironmentConfig> {
  const config = await import("../config/index.js");
  return asUsage(() => config.loadProjectEnvironment(cwd, name));
}

/** An environment that is not there was named on the command line. */
function asUsage<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof OperationError && error.code === "EnvironmentNotFound") throw new UsageError(error.message);
    throw error;
  }
}

/** What an environment wants of its swarm. */
export function expectedSwarm(config: EnvironmentConfig): ExpectedSwarm {
  return {
    managers: config.managers.count,
    pools: config.workers.map(({ name, desired }) => ({ name, desired })),
  };
}
