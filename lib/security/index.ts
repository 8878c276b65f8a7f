export type { SwarmAccessRule } from "./access-rule";
export * from "./node-role";
export * from "./policies";
export type { PolicyStatement } from "./policy-statement";
export * from "./swarm-ports";
export * from "./swarm-security-groups";
export * from "./unlock-key-secret";
