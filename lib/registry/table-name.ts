/** Name of a cluster's registry table. */
export function registryTableName(clusterName: string): string {
  return `${clusterName}-registry`;
}
