import { defaultNat } from "../limits/network";
import { poolSizes } from "../limits/nodes";
import type { EnvironmentConfig, WorkerPoolConfig } from "./environment";
import type { ParsedEnvironment } from "./schema/environment";

/** Fills in the defaults that depend on other fields. */
export function fillDefaults(parsed: ParsedEnvironment): EnvironmentConfig {
  const { backend, network } = parsed;
  return {
    ...parsed,
    cluster: parsed.cluster ?? parsed.environment,
    backend: backend.type === "s3" ? { ...backend, region: backend.region ?? parsed.region } : backend,
    network: { ...network, nat: network.nat ?? defaultNat(network.nodeSubnets) },
    workers: parsed.workers.map((pool): WorkerPoolConfig => ({ ...pool, ...poolSizes(pool) })),
  };
}
