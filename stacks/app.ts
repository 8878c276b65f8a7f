import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { App, type AppConfig } from "cdktf";
import { type EnvironmentConfig, listEnvironments, loadEnvironment } from "../lib/config";
import { ConfigError, type ConfigFault, OperationError } from "../lib/errors";
import { packageRoot } from "../lib/package-root";
import { SwarmStack } from "./swarm-stack";

const ENVIRONMENTS = join("stacks", "environments");

/** Where the app is run, and what is asked of it. */
export interface AppInput {
  /** Folder of the project. */
  readonly cwd: string;
  /** `CDKTF_SWARM_ENVIRONMENTS` and `CDKTF_SWARM_STATE_DIR` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default - as CDKTF has it */
  readonly app?: AppConfig;
}

/**
 * One stack for each environment of the project, or for those `CDKTF_SWARM_ENVIRONMENTS` names.
 *
 * @throws ConfigError with every fault of all files
 */
export function createApp({ cwd, env, app: appConfig }: AppInput): App {
  const configs = loadAll(environmentFiles(environmentsFolder(cwd), env.CDKTF_SWARM_ENVIRONMENTS), cwd);
  // A trace of each construct takes time, and an error message has its path.
  const app = new App({ stackTraces: false, ...appConfig });
  const stateDirectory = env.CDKTF_SWARM_STATE_DIR || undefined;
  for (const config of configs) {
    new SwarmStack(app, config.environment, { config, stateDirectory, projectDirectory: cwd });
  }
  return app;
}

/** The project's environments, or the package's own where it has none. */
function environmentsFolder(cwd: string): string {
  const own = join(cwd, ENVIRONMENTS);
  return existsSync(own) ? own : join(packageRoot(), ENVIRONMENTS);
}

function environmentFiles(folder: string, wanted: string | undefined): readonly string[] {
  const known = listEnvironments(folder);
  const names = (wanted ?? "").split(",").flatMap((name) => name.trim() || []);
  if (names.length === 0) return known.map(({ file }) => file);
  return names.map((name) => {
    const found = known.find((environment) => environment.name === name);
    if (found !== undefined) return found.file;
    const list = known.map((environment) => environment.name).join(", ");
    throw new OperationError(
      "EnvironmentNotFound",
      `CDKTF_SWARM_ENVIRONMENTS names "${name}", but the environments in ${folder} are ${list}`,
    );
  });
}

function loadAll(files: readonly string[], cwd: string): readonly EnvironmentConfig[] {
  const faults: ConfigFault[] = [];
  const configs: EnvironmentConfig[] = [];
  for (const file of files) {
    try {
      configs.push(loadEnvironment(displayPath(file, cwd)));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return configs;
}

/** As short as it can be and still lead to the file from where the app is run. */
function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return cwd === process.cwd() && !path.startsWith("..") ? path : file;
}
