export type { NatMode } from "./nat-gateways";
export * from "./network";
export * from "./subnet-plan";
export * from "./swarm-network";
