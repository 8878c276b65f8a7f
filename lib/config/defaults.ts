import type { EnvironmentConfig, WorkerPoolConfig } from "./environment";
import type { ParsedEnvironment } from "./schema/environment";

/** Block of overlay networks: at the far end of 10.0.0.0/8, where few VPCs are. */
export const DEFAULT_ADDRESS_POOL = "10.255.0.0/16";

/** Prefix length of one overlay network: room for 250 tasks. */
export const DEFAULT_MASK_LENGTH = 24;

/** Sizes of a pool as far as they are said. */
export interface PoolSizes {
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
}

/** Sizes of a pool with what was left out filled in from the others. */
export function poolSizes({ desired, min, max }: PoolSizes): Required<PoolSizes> {
  const filledMin = min ?? 0;
  // A pool that may have no worker is not asked for one.
  const filledDesired = desired ?? min ?? Math.min(1, max ?? 1);
  return { desired: filledDesired, min: filledMin, max: max ?? 2 * Math.max(filledDesired, filledMin) };
}

/** Fills in the defaults that depend on other fields. */
export function fillDefaults(parsed: ParsedEnvironment): EnvironmentConfig {
  const { backend, network } = parsed;
  return {
    ...parsed,
    cluster: parsed.cluster ?? parsed.environment,
    backend: backend.type === "s3" ? { ...backend, region: backend.region ?? parsed.region } : backend,
    network: { ...network, nat: network.nat ?? (network.nodeSubnets === "private" ? "single" : "none") },
    workers: parsed.workers.map((pool): WorkerPoolConfig => ({ ...pool, ...poolSizes(pool) })),
  };
}
