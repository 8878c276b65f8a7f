export type { ISwarmCluster, MountedFileSystem, SwarmClusterAttributes } from "./cluster-attributes";
export * from "./node-roles";
export * from "./readiness-gate";
export * from "./swarm-cluster";
export * from "./swarm-cluster-props";
export type { SwarmOptions } from "./swarm-settings";
