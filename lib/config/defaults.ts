import type { EnvironmentConfig, WorkerPoolConfig } from "./environment";
import type { ParsedEnvironment } from "./schema/environment";

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
