import { isAbsolute, join, relative } from "node:path";
import type { EnvironmentConfig, EnvironmentFile } from "../config";
import type { ExpectedSwarm } from "../operations";
import { UsageError } from "./failure";

/** Where the environment files are, below the project. */
const ENVIRONMENTS_DIRECTORY = join("stacks", "environments");

/** The file of an environment by its name. */
export async function environmentFile(name: string, cwd: string): Promise<string> {
  const files = await environmentFiles(cwd);
  const found = files.find((each) => each.name === name);
  if (found !== undefined) return found.file;
  const hint =
    files.length > 0
      ? `there is ${files.map((each) => each.name).join(", ")}`
      : "run this in the directory that has cdktf.json and stacks";
  throw new UsageError(`no environment "${name}": ${join(ENVIRONMENTS_DIRECTORY, name)}.yaml does not exist; ${hint}`);
}

/** All environments of the project. */
export async function environmentFiles(cwd: string): Promise<readonly EnvironmentFile[]> {
  const { listEnvironments } = await import("../config/index.js");
  return listEnvironments(join(cwd, ENVIRONMENTS_DIRECTORY)).map(({ name, file }) => ({
    name,
    file: displayPath(file),
  }));
}

/** Loads an environment by its name. */
export async function loadNamedEnvironment(name: string, cwd: string): Promise<EnvironmentConfig> {
  const file = await environmentFile(name, cwd);
  const { loadEnvironment } = await import("../config/index.js");
  return loadEnvironment(file);
}

/** A path as a terminal can open it: relative where the file is below the working directory. */
export function displayPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}

/** What an environment wants of its swarm. */
export function expectedSwarm(config: EnvironmentConfig): ExpectedSwarm {
  return {
    managers: config.managers.count,
    pools: config.workers.map(({ name, desired }) => ({ name, desired })),
  };
}
