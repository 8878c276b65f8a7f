import type { EnvironmentConfig } from "../config";
import type { ExpectedSwarm } from "../operations";

/** The files of a project's environments: of those that are named, or of all. */
export async function environmentFiles(names: readonly string[], cwd: string): Promise<readonly string[]> {
  const config = await import("../config/index.js");
  return config.environmentFiles(cwd, names);
}

/** Loads an environment by its name. */
export async function loadNamedEnvironment(name: string, cwd: string): Promise<EnvironmentConfig> {
  const config = await import("../config/index.js");
  return config.loadProjectEnvironment(cwd, name);
}

/** What an environment wants of its swarm. */
export function expectedSwarm(config: EnvironmentConfig): ExpectedSwarm {
  return {
    managers: config.managers.count,
    pools: config.workers.map(({ name, desired }) => ({ name, desired })),
  };
}
