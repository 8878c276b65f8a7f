export type {
  AccessRule,
  BackendConfig,
  EnvironmentConfig,
  ImageConfig,
  StorageConfig,
} from "./environment";
export { environmentJsonSchema } from "./json-schema";
export { type EnvironmentFile, listEnvironments, loadEnvironment, parseEnvironment } from "./load";
