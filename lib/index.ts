export * from "./cluster";
export * from "./errors";
export { CLUSTER_TAG } from "./naming";
export * from "./network";
export * from "./nodes";
export * from "./registry";
export * from "./security";
export * from "./storage";
export { SwarmTags, type TagMap } from "./tags";
