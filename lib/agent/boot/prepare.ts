import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DOCKER_API_PORT } from "../../limits/constants";
import type { NodeSettings } from "../../registry/node-settings";
import type { ClusterRecord } from "../../registry/records";
import { errorText } from "../error-text";
import { refusalFile } from "../local/disk-store";
import type { NodePaths } from "../local/paths";
import type { Clock, Identity, LocalStore, Metadata, Registry } from "../ports";
import { guard } from "./guard";
import { type DiskContext, openDisk } from "./open-disk";

/** For how long the metadata service may be silent at boot; the unit itself gives up after 300 seconds. */
const METADATA_PATIENCE = 240_000;
const METADATA_RETRY = 1_000;
/** For how long a manager's boot waits for the registry: services are to come back without it, too. */
const REGISTRY_PATIENCE = 10_000;
const REGISTRY_RETRY = 1_000;

/** What the preparation needs. */
export interface PrepareContext extends DiskContext {
  readonly settings: NodeSettings;
  readonly paths: NodePaths;
  readonly metadata: Metadata;
  readonly store: LocalStore;
  readonly registry: Pick<Registry, "cluster">;
  readonly clock: Clock;
}

/** Prepares a boot before dockerd starts: its options, the firewall, the guard. Rejects to keep dockerd down. */
export async function prepare(context: PrepareContext): Promise<void> {
  const { settings, paths, store, clock, log } = context;
  const self = await identify(context);
  await mkdir(paths.runDirectory, { recursive: true });
  const verdict = await guard(settings, self, store, paths, clock.wallTime(), () => readCluster(context));
  if (verdict.kind === "refused") {
    await writeFile(refusalFile(paths), `${verdict.message}\n`);
    throw new Error(verdict.message);
  }
  await rm(refusalFile(paths), { force: true });
  if (verdict.kind !== "clear") log.warn("guard", { found: verdict.kind, message: verdict.message });
  if (verdict.kind === "survivor") await openDisk(context);
  await writeFile(join(paths.runDirectory, "dockerd.env"), dockerdEnvironment(settings, self));
  await promisify(execFile)(paths.firewallScript);
  log.info("prepared", { instanceId: self.instanceId, address: self.address, dockerApi: settings.dockerApi });
}

/** The cluster record, asked for a while; nothing once that is over. */
async function readCluster({ registry, clock, log }: PrepareContext): Promise<ClusterRecord | undefined> {
  const deadline = clock.now() + REGISTRY_PATIENCE;
  for (;;) {
    try {
      return await registry.cluster();
    } catch (error) {
      log.warn("registry", { error: errorText(error) });
      if (clock.now() >= deadline) return undefined;
      await clock.sleep(REGISTRY_RETRY);
    }
  }
}

/** Asks the metadata service until it answers: at boot the network may come up later than this. */
export async function identify({
  metadata,
  clock,
  log,
}: Pick<PrepareContext, "metadata" | "clock" | "log">): Promise<Identity> {
  const deadline = clock.now() + METADATA_PATIENCE;
  for (;;) {
    try {
      return await metadata.identity();
    } catch (error) {
      if (clock.now() >= deadline) throw error;
      log.warn("metadata", { error: errorText(error) });
      await clock.sleep(METADATA_RETRY);
    }
  }
}

/** Options of dockerd that are known at boot only; `--tls=false` saves the 15 seconds it otherwise warns for. */
export function dockerdEnvironment(settings: NodeSettings, self: Identity): string {
  const options = settings.dockerApi === "internal" ? `-H tcp://${self.address}:${DOCKER_API_PORT} --tls=false` : "";
  return `DOCKERD_OPTS="${options}"\n`;
}
