import type { EnvironmentConfig } from "../config";
import type { ClusterTarget } from "../operator-commands";
import type { CliContext } from "./context";
import { loadNamedEnvironment } from "./environments";
import { UsageError } from "./failure";
import { wholeNumber } from "./numbers";
import type { AccessOptions } from "./registry-access";

/** Options of every command about a cluster. */
export interface ClusterOptions extends AccessOptions {
  /** Its name, where it has no environment file. */
  readonly cluster?: string;
  /** @default - AWS_REGION, AWS_DEFAULT_REGION */
  readonly region?: string;
}

/** A cluster that was chosen, and what its environment says of it, where it has one. */
export interface ChosenCluster {
  readonly target: ClusterTarget;
  readonly config?: EnvironmentConfig;
}

/**
 * The cluster that a command names, by its environment or by `--cluster` and `--region`.
 * @throws UsageError when it names none, or two
 */
export async function chooseCluster(
  { cwd, env }: CliContext,
  environment: string | undefined,
  options: ClusterOptions,
): Promise<ChosenCluster> {
  const { cluster } = options;
  if (environment !== undefined && cluster !== undefined) {
    throw new UsageError(`${environment} and --cluster ${cluster}: write one of them`);
  }
  if (environment !== undefined) {
    if (options.region !== undefined) {
      throw new UsageError(`--region ${options.region}: it goes with --cluster; the environment's file has a region`);
    }
    const config = await loadNamedEnvironment(environment, cwd);
    return { target: { environment, cluster: config.cluster, region: config.region }, config };
  }
  if (cluster === undefined) throw new UsageError(WHICH_CLUSTER);
  const region = options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  if (region === undefined) throw new UsageError(`--cluster ${cluster} needs --region REGION`);
  return { target: { cluster, region } };
}

const WHICH_CLUSTER =
  "which cluster? Write its environment's name, or --cluster NAME --region REGION for one that is declared in a stack";

/** Reads `ENV SLOT`, or `SLOT` alone beside `--cluster`. */
export function environmentAndSlot(
  words: readonly string[],
  { cluster }: ClusterOptions,
): { readonly environment?: string; readonly slot: number } {
  const [environment, slot] = cluster !== undefined && words.length === 1 ? [undefined, words[0]] : words;
  if (slot === undefined) {
    throw new UsageError(environment === undefined ? WHICH_CLUSTER : "missing required argument 'SLOT'");
  }
  return { environment, slot: wholeNumber("SLOT", 0)(slot) };
}
