import type { AccountInstance } from "../emulator/account-state";

/** Tag that names the cluster of everything the constructs make. */
const CLUSTER_TAG = "cdktf-swarm:cluster";

/**
 * What operators call a host: `manager-<slot>`; `<pool>-<k>` with the lowest free k; the instance id where no Auto
 * Scaling group of a cluster owns it.
 *
 * @param taken - Names of the hosts that are there.
 */
export function operatorName(instance: AccountInstance, taken: ReadonlySet<string>): string {
  const group = instance.autoScalingGroup ?? "";
  const cluster = instance.tags[CLUSTER_TAG];
  const known = cluster !== undefined && group.startsWith(`${cluster}-`);
  const name = known ? group.slice(cluster.length + 1) : group.replace(/^.*-(?=(manager|worker)-)/, "");
  if (/^manager-\d+$/.test(name)) return name;
  const pool = /^worker-(.+)$/.exec(name)?.[1];
  if (pool === undefined) return instance.id;
  let number = 0;
  while (taken.has(`${pool}-${number}`)) number += 1;
  return `${pool}-${number}`;
}
