import type { Action } from "../context";
import { loadNamedEnvironment } from "../environments";
import { ambientAccess, hasLab, labAccess } from "../registry-access";

/** Options of `status`. */
export interface StatusOptions {
  readonly json?: boolean;
  /** Ask AWS although there is a lab. */
  readonly aws?: boolean;
}

/** `cdktf-swarm status ENV`: the nodes of a cluster, its quorum, and what is wrong. */
export function status(environment: string, options: StatusOptions): Action {
  return async (context) => {
    const config = await loadNamedEnvironment(environment, context.cwd);
    const { clusterStatus, registryTableName } = await import("../../operations/index.js");
    const table = registryTableName(config.cluster);
    const inLab = options.aws !== true && hasLab(context);
    const { location } = inLab
      ? await labAccess(context, table, config.region)
      : ambientAccess(context, table, config.region);
    if (inLab) context.output.note(`asking the lab at ${location.endpoint} (--aws asks AWS)`, "quiet");
    const found = await clusterStatus(await context.connect(location), { environment, cluster: config.cluster });
    if (options.json === true) context.output.json(found);
    else {
      const { formatStatus } = await import("../tables.js");
      context.output.result(formatStatus(found));
    }
    return 0;
  };
}
