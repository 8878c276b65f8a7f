export type {
  AccessRule,
  BackendConfig,
  EfsConfig,
  EnvironmentConfig,
  ImageConfig,
  LocalBackendConfig,
  ManagersConfig,
  NetworkConfig,
  ReadinessConfig,
  RexrayConfig,
  S3BackendConfig,
  StorageConfig,
  SwarmConfig,
  WorkerPoolConfig,
} from "./environment";
export { environmentJsonSchema } from "./json-schema";
export { type EnvironmentFile, listEnvironments, loadEnvironment, parseEnvironment } from "./load";
