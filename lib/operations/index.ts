export { registryTableName } from "../registry/table-name";
export * from "./connect";
export * from "./log-hints";
export * from "./readiness";
export * from "./registry-problems";
export * from "./registry-reader";
export * from "./status";
export * from "./time-out";
export * from "./watch-readiness";
