export type {
  AccessRule,
  BackendConfig,
  EnvironmentConfig,
  ImageConfig,
  StorageConfig,
} from "./environment";
export { type EnvironmentFile, listEnvironments } from "./environment-files";
export { environmentJsonSchema } from "./json-schema";
export { loadEnvironment, parseEnvironment } from "./load";
export {
  displayPath,
  environmentFiles,
  type LoadedEnvironments,
  loadEnvironments,
  loadProjectEnvironment,
  projectEnvironments,
} from "./project";
