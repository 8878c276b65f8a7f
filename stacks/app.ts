import { App, type AppConfig } from "cdktf";
import { environmentFiles, loadEnvironments } from "../lib/config";
import { ConfigError, OperationError } from "../lib/errors";
import { SwarmStack } from "./swarm-stack";

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
 * @throws OperationError with code `EnvironmentNotFound` when there is none, or one of those named is not there
 */
export function createApp({ cwd, env, app: appConfig }: AppInput): App {
  const { environments, faults } = loadEnvironments(wantedFiles(cwd, env.CDKTF_SWARM_ENVIRONMENTS));
  if (faults.length > 0) throw new ConfigError(faults);
  // A trace of each construct takes time, and an error message has its path.
  const app = new App({ stackTraces: false, ...appConfig });
  const stateDirectory = env.CDKTF_SWARM_STATE_DIR || undefined;
  for (const { config } of environments) {
    new SwarmStack(app, config.environment, { config, stateDirectory, projectDirectory: cwd });
  }
  return app;
}

/** Those that the variable names, or all; two of one name are a fault that loading finds. */
function wantedFiles(cwd: string, variable: string | undefined): readonly string[] {
  const names = (variable ?? "").split(",").flatMap((name) => name.trim() || []);
  try {
    return environmentFiles(cwd, names);
  } catch (error) {
    if (!(error instanceof OperationError) || names.length === 0) throw error;
    throw new OperationError(error.code, `CDKTF_SWARM_ENVIRONMENTS=${variable}: ${error.message}`, { cause: error });
  }
}
