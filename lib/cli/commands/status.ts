import type { Action } from "../context";
import { loadNamedEnvironment } from "../environments";
import { type AccessOptions, environmentAccess } from "../registry-access";

/** Options of `status`. */
export interface StatusOptions extends AccessOptions {
  readonly json?: boolean;
}

/** `cdktf-swarm status ENV`: the nodes of a cluster, its quorum, and what is wrong. */
export function status(environment: string, options: StatusOptions): Action {
  return async (context) => {
    const config = await loadNamedEnvironment(environment, context.cwd);
    const { location } = await environmentAccess(context, config, options);
    const { clusterStatus } = await import("../../operations/index.js");
    const [reader, instances] = [await context.connect(location), await context.connectInstances(location)];
    const found = await clusterStatus(reader, instances, { environment, cluster: config.cluster });
    if (options.json === true) context.output.json(found);
    else {
      if (found.instancesUnknown !== undefined) context.output.note(found.instancesUnknown, "quiet");
      const { formatStatus } = await import("../tables.js");
      context.output.result(formatStatus(found));
    }
    return 0;
  };
}
