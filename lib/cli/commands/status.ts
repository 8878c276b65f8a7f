import { type ClusterOptions, chooseCluster } from "../cluster-choice";
import type { Action, CliContext } from "../context";
import { clusterAccess, hasLab } from "../registry-access";

/** Options of `status`. */
export interface StatusOptions extends ClusterOptions {
  readonly json?: boolean;
}

/** `cdktf-swarm status`: who leads a cluster, its quorum, what is wrong and what mends it, its nodes. */
export function status(environment: string | undefined, options: StatusOptions): Action {
  return async (context) => {
    const { target } = await chooseCluster(context, environment, options);
    const { location, place } = await clusterAccess(context, target, options);
    const { clusterStatus } = await import("../../operations/index.js");
    const ports = {
      reader: await context.connect(location),
      instances: await context.connectInstances(location),
      sizes: await context.connectGroupSizes(location),
    };
    const names = place.kind === "lab" ? await labNames(context) : undefined;
    const found = await clusterStatus(ports, target, { place, names, signal: context.signal });
    if (context.signal.aborted) throw context.signal.reason;
    if (options.json === true) context.output.json(found);
    else {
      for (const missing of [found.instancesUnknown, found.sizesUnknown]) {
        if (missing !== undefined) context.output.note(missing, "quiet");
      }
      const { formatStatus } = await import("../tables.js");
      context.output.result(formatStatus(found));
    }
    return 0;
  };
}

/** What `lab status` calls the hosts, by instance; a lab that cannot say costs nothing but the names. */
async function labNames(context: CliContext): Promise<ReadonlyMap<string, string> | undefined> {
  if (!hasLab(context)) return undefined;
  try {
    const lab = await context.lab();
    const { hosts } = await lab.labStatus({ projectDirectory: context.cwd });
    return new Map(hosts.map(({ instanceId, name }) => [instanceId, name]));
  } catch {
    return undefined;
  }
}
