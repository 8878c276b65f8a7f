export type { Architecture } from "./instance-type";
export * from "./machine-image";
export * from "./manager-group";
export * from "./node-group";
export * from "./node-launch-template";
export * from "./user-data-snippet";
export * from "./worker-pool";
