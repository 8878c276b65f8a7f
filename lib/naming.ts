/** Tag that every resource of a cluster carries; its value is the cluster's name. */
export const CLUSTER_TAG = "cdktf-swarm:cluster";

/**
 * Longest cluster name. The tightest limit on what is made of it is 64 characters, of IAM roles; names that Terraform
 * completes with 26 characters of its own stay below that too.
 */
export const MAX_CLUSTER_NAME_LENGTH = 24;

/** Longest name of a worker pool: it is part of the Auto Scaling group's name and of node labels. */
export const MAX_POOL_NAME_LENGTH = 32;

const NAME_PATTERN = /^[a-z][a-z0-9-]*$/;

/** Physical names, all derived from the cluster's name; the registry's table has its own (`registryTableName`). */
export const physicalName = {
  /** Auto Scaling group of a manager slot. */
  managerGroup: (cluster: string, slot: number): string => `${cluster}-manager-${slot}`,
  /** Auto Scaling group of a worker pool. */
  workerGroup: (cluster: string, pool: string): string => `${cluster}-worker-${pool}`,
  /** IAM role of the managers, and their instance profile. */
  managerRole: (cluster: string): string => `${cluster}-manager`,
  /** IAM role of the workers, and their instance profile. */
  workerRole: (cluster: string): string => `${cluster}-worker`,
  /** Secret that holds the unlock key of a locked swarm. */
  unlockKeySecret: (cluster: string): string => `${cluster}-unlock-key`,
  /** Prefix of a security group's name; Terraform completes it, so that a group can be replaced while it is in use. */
  securityGroupPrefix: (cluster: string, group: string): string => `${cluster}-${group}-`,
} as const;

/** Name of an output of a cluster; it begins with the cluster's, because outputs of one name replace each other. */
export function outputName(cluster: string, name: string): string {
  return `${cluster.replaceAll("-", "_")}_${name}`;
}

/** What is wrong with the name of a cluster, or nothing. */
export function clusterNameFault(name: string): string | undefined {
  // AWS keeps names of security groups that begin so for itself.
  if (name.startsWith("sg-")) return `clusterName must not begin with "sg-", got ${JSON.stringify(name)}`;
  return nameFault("clusterName", name, MAX_CLUSTER_NAME_LENGTH);
}

/** What is wrong with the name of a worker pool, or nothing. */
export function poolNameFault(name: string): string | undefined {
  return nameFault("pool name", name, MAX_POOL_NAME_LENGTH);
}

function nameFault(what: string, name: string, limit: number): string | undefined {
  if (NAME_PATTERN.test(name) && name.length <= limit) return undefined;
  const rule = `${what} must be 1 to ${limit} lower-case letters, digits and hyphens, beginning with a letter`;
  return `${rule}, got ${JSON.stringify(name)}`;
}
