export type {
  AccessRule,
  BackendConfig,
  EnvironmentConfig,
  ImageConfig,
  StorageConfig,
} from "./environment";
export { listEnvironments } from "./environment-files";
export { environmentJsonSchema } from "./json-schema";
export { loadEnvironment, parseEnvironment } from "./load";
export {
  displayPath,
  environmentFiles,
  loadEnvironments,
  loadProjectEnvironment,
  projectEnvironments,
} from "./project";
