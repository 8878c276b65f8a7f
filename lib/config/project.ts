import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { ConfigError, type ConfigFault, OperationError } from "../errors";
import { suggest } from "../limits/messages";
import type { EnvironmentConfig } from "./environment";
import { type EnvironmentFile, listEnvironments } from "./environment-files";
import { type LocatedEnvironment, locateEnvironment } from "./load";

/** Where a project keeps its environments, below its own folder. */
const ENVIRONMENTS_FOLDER = join("stacks", "environments");

/** The environments of a project, by name; none where it has none. Paths are as short as a terminal can open them. */
export function projectEnvironments(project: string): readonly EnvironmentFile[] {
  return listEnvironments(join(project, ENVIRONMENTS_FOLDER)).map(({ name, file }) => ({
    name,
    file: displayPath(file),
  }));
}

/** A path as a terminal can open it: relative where the file is below the working directory. */
export function displayPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}

/**
 * The files of a project's environments.
 *
 * @param names environments that are wanted; all, if none is named
 * @throws OperationError with code `EnvironmentNotFound` when one of them has no file, or there is none at all
 */
export function environmentFiles(project: string, names: readonly string[]): readonly string[] {
  const known = projectEnvironments(project);
  const folder = displayPath(join(project, ENVIRONMENTS_FOLDER));
  if (known.length === 0) {
    throw new OperationError(
      "EnvironmentNotFound",
      `there is no environment in ${folder}; run this in the project's own folder, or write the file of one`,
    );
  }
  if (names.length === 0) return known.map(({ file }) => file);
  return [...new Set(names)].flatMap((name) => {
    // Two of one name are told apart later, with all other faults.
    const found = known.filter((environment) => environment.name === name).map(({ file }) => file);
    if (found.length > 0) return found;
    const all = known.map((environment) => environment.name);
    const meant = suggest(name, all);
    const advice = meant === undefined ? `the environments are ${all.join(", ")}` : `did you mean ${meant}?`;
    throw new OperationError(
      "EnvironmentNotFound",
      `no environment "${name}": ${join(folder, name)}.yaml does not exist; ${advice}`,
    );
  });
}

/** What came of loading several files. */
export interface LoadedEnvironments {
  /** Those without a fault of their own, in the order they were asked for. */
  readonly environments: readonly { readonly file: string; readonly config: EnvironmentConfig }[];
  /** Every fault of all files, in them and between them. */
  readonly faults: readonly ConfigFault[];
}

/**
 * Loads environments, and checks them against each other as far as they are of one folder, which is one project.
 *
 * @throws OperationError with code `EnvironmentNotFound` when a file is not there
 */
export function loadEnvironments(files: readonly string[]): LoadedEnvironments {
  const faults: ConfigFault[] = [];
  const located: LocatedEnvironment[] = [];
  const unique = new Map(files.map((file) => [resolve(file), file]));
  for (const file of unique.values()) {
    try {
      located.push(locateEnvironment(file));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  faults.push(...twins([...unique.values()]), ...clusterFaults(located));
  return { environments: located.map(({ file, config }) => ({ file, config })), faults };
}

/**
 * Loads an environment of a project by its name.
 *
 * @throws OperationError with code `EnvironmentNotFound` when it has no file
 * @throws ConfigError with every fault of the file
 */
export function loadProjectEnvironment(project: string, name: string): EnvironmentConfig {
  const { environments, faults } = loadEnvironments(environmentFiles(project, [name]));
  const [first] = environments;
  if (faults.length > 0 || first === undefined) throw new ConfigError(faults);
  return first.config;
}

/** `dev.yaml` beside `dev.yml`: nobody could tell which of the two is meant. */
function twins(files: readonly string[]): ConfigFault[] {
  const first = new Map<string, string>();
  return files.flatMap((file) => {
    const key = resolve(file).replace(/\.ya?ml$/, "");
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, file);
      return [];
    }
    const message = `must be the only file of its environment, got ${basename(other)} beside it; drop one of the two`;
    return [{ file, line: 1, column: 1, path: "", message }];
  });
}

/** Everything in AWS is called like the cluster, so two of one name in a region would be one. */
function clusterFaults(located: readonly LocatedEnvironment[]): ConfigFault[] {
  const first = new Map<string, LocatedEnvironment>();
  return located.flatMap((environment) => {
    const { file, config, locate } = environment;
    const key = `${dirname(resolve(file))} ${config.region} ${config.cluster}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, environment);
      return [];
    }
    // Files of one name are told by that alone.
    if (other.config.environment === config.environment) return [];
    const message = `must be a name of its own in ${config.region}, got "${config.cluster}", which is the cluster of ${basename(other.file)} too; write another name`;
    return [{ file, ...locate(["cluster"], "value"), path: "cluster", message }];
  });
}
