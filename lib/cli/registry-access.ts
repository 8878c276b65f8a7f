import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LogPlace, RegistryLocation } from "../operations";
import type { ClusterTarget } from "../operator-commands";
import type { CliContext } from "./context";

/** How to reach a registry, and how logs are read there. */
export interface RegistryAccess {
  readonly location: RegistryLocation;
  readonly place: LogPlace;
}

/** Options of how to reach a cluster. */
export interface AccessOptions {
  /** Ask AWS although there is a lab. */
  readonly aws?: boolean;
}

/** The registry of a cluster: the lab's where there is one, which is said, else where the shell says. */
export async function clusterAccess(
  context: CliContext,
  { cluster, region }: ClusterTarget,
  { aws }: AccessOptions,
): Promise<RegistryAccess> {
  const { registryTableName } = await import("../operations/index.js");
  const table = registryTableName(cluster);
  if (aws === true || isToldWhere(context) || !hasLab(context)) return ambientAccess(context, table, region);
  const access = await labAccess(context, table, region);
  context.output.note(`asking the lab at ${access.location.endpoint} (--aws asks AWS)`, "quiet");
  return access;
}

/** The registry of the lab of this project. */
export async function labAccess(context: CliContext, table: string, region: string): Promise<RegistryAccess> {
  const { labEnvironment } = await context.lab();
  const variables = await labEnvironment({ projectDirectory: context.cwd });
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = variables;
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  return { location: { table, region, endpoint, credentials }, place: { kind: "lab" } };
}

/** The registry where the environment variables say; with an endpoint of its own, AWS is the lab's. */
export function ambientAccess(context: CliContext, table: string, region: string): RegistryAccess {
  const own = context.env["AWS_ENDPOINT_URL"] !== undefined || context.env["AWS_ENDPOINT_URL_DYNAMODB"] !== undefined;
  return { location: { table, region }, place: own ? { kind: "lab" } : { kind: "aws", region } };
}

/** Whether there is a lab in this project. */
export function hasLab({ cwd }: CliContext): boolean {
  return existsSync(join(cwd, ".lab", "state.json"));
}

/** Whether the shell says where AWS is. */
function isToldWhere({ env }: CliContext): boolean {
  return env["AWS_ENDPOINT_URL"] !== undefined;
}
