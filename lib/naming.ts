/** Tag that every resource of a cluster carries; its value is the cluster's name. */
export const CLUSTER_TAG = "cdktf-swarm:cluster";

/** Physical names, all derived from the cluster's name; the registry's table has its own (`registryTableName`). */
export const physicalName = {
  /** Auto Scaling group of a manager slot. */
  managerGroup: (cluster: string, slot: number): string => `${cluster}-manager-${slot}`,
  /** Auto Scaling group of a worker pool. */
  workerGroup: (cluster: string, pool: string): string => `${cluster}-worker-${pool}`,
  /** IAM role of the managers, and their instance profile; with the region, because an account has one IAM for all. */
  managerRole: (cluster: string, region: string): string => `${cluster}-${region}-manager`,
  /** IAM role of the workers, and their instance profile. */
  workerRole: (cluster: string, region: string): string => `${cluster}-${region}-worker`,
  /** Secret that holds the unlock key of a locked swarm. */
  unlockKeySecret: (cluster: string): string => `${cluster}-unlock-key`,
  /** Prefix of a security group's name; Terraform completes it, so that a group can be replaced while it is in use. */
  securityGroupPrefix: (cluster: string, group: string): string => `${cluster}-${group}-`,
} as const;

/** Name of an output of a cluster; it begins with the cluster's, because outputs of one name replace each other. */
export function outputName(cluster: string, name: string): string {
  return `${cluster.replaceAll("-", "_")}_${name}`;
}
