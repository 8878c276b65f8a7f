import { isAbsolute, join, resolve } from "node:path";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { EnvironmentConfig } from "../lib/config";

/** Where an environment's state is kept, if not where its file says. */
export interface BackendOptions {
  /**
   * Folder for the state of every environment.
   *
   * @default - where the environment's file says
   */
  readonly stateDirectory?: string;
  /** Folder of the project, in which a local state is kept. */
  readonly projectDirectory: string;
}

/** Gives a stack the backend its environment asks for. */
export function addBackend(stack: TerraformStack, config: EnvironmentConfig, options: BackendOptions): void {
  const { backend, environment } = config;
  const { projectDirectory, stateDirectory } = options;
  if (stateDirectory !== undefined || backend.type === "local") {
    const folder = stateDirectory ?? projectDirectory;
    // Absolute, because Terraform runs in the stack's folder, which anybody may delete as it is written anew.
    const absolute = isAbsolute(folder) ? folder : resolve(projectDirectory, folder);
    stack.addOverride("terraform.required_version", ">= 1.5");
    new LocalBackend(stack, { path: join(absolute, `terraform.${environment}.tfstate`) });
    return;
  }
  const s3 = new S3Backend(stack, {
    bucket: backend.bucket,
    region: backend.region,
    key: `${backend.prefix}${environment}/terraform.tfstate`,
    encrypt: true,
  });
  // The bucket itself holds the lock: the bindings, and Terraform before 1.10, know nothing of it.
  s3.addOverride("use_lockfile", true);
  stack.addOverride("terraform.required_version", ">= 1.10");
}
