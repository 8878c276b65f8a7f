import { type ClusterOptions, chooseCluster } from "../cluster-choice";
import type { Action } from "../context";
import { clusterAccess } from "../registry-access";

/** Options of `status`. */
export interface StatusOptions extends ClusterOptions {
  readonly json?: boolean;
}

/** `cdktf-swarm status ENV`: the nodes of a cluster, its quorum, and what is wrong. */
export function status(environment: string | undefined, options: StatusOptions): Action {
  return async (context) => {
    const { target } = await chooseCluster(context, environment, options);
    const { location } = await clusterAccess(context, target, options);
    const { clusterStatus } = await import("../../operations/index.js");
    const [reader, instances] = [await context.connect(location), await context.connectInstances(location)];
    const found = await clusterStatus(reader, instances, target);
    if (options.json === true) context.output.json(found);
    else {
      if (found.instancesUnknown !== undefined) context.output.note(found.instancesUnknown, "quiet");
      const { formatStatus } = await import("../tables.js");
      context.output.result(formatStatus(found));
    }
    return 0;
  };
}
