import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Moto, startMoto } from "../../lib/lab/emulator/moto";
import { findProvider, wantedProvider, writeTerraformConfig } from "../../lib/lab/terraform/terraform-provider";

const root = resolve(__dirname, "../..");

/** A stack's document, as far as the tests reach into it. */
export interface StackDocument {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
}

const ENVIRONMENTS = "stacks/main.js";

/** What to synthesize. */
export interface WorkspaceInput {
  /**
   * Folder whose `stacks/environments` are synthesized.
   *
   * @default - the package's own
   */
  readonly project?: string;
  /**
   * Program that synthesizes, below `dist`.
   *
   * @default stacks/main.js
   */
  readonly app?: string;
  /**
   * Environments that are synthesized one after the other, as they would be over time.
   *
   * @default - all there are, at once
   */
  readonly environments?: readonly string[];
}

/** All environments, synthesized as users do it, with Terraform and the real AWS provider against an empty account. */
export class Workspace {
  private readonly directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-terraform-"));
  private readonly config = join(this.directory, "terraform.rc");
  private moto: Moto | undefined;

  /** Where the emulated account answers. */
  public get url(): string {
    return this.moto?.url ?? "";
  }

  public async open({ project = root, app = ENVIRONMENTS, environments }: WorkspaceInput = {}): Promise<void> {
    const provider = wantedProvider(root);
    const origin = await findProvider(provider);
    if (origin.kind === "disk")
      writeTerraformConfig(provider, origin.directory, { mirror: join(this.directory, "mirror"), config: this.config });
    else writeFileSync(this.config, "");
    this.moto = await startMoto({
      logFile: join(this.directory, "moto.log"),
      imageParameters: ["/cdktf-swarm/ami/swarm-node"],
    });
    // Where a stack without a backend keeps its state.
    const cwd = app === ENVIRONMENTS ? project : this.directory;
    if (environments === undefined) this.synth(app, cwd);
    else for (const environment of environments) this.synth(app, cwd, { CDKTF_SWARM_ENVIRONMENTS: environment });
  }

  private synth(app: string, cwd: string, chosen: NodeJS.ProcessEnv = {}): void {
    const outputs = { CDKTF_OUTDIR: join(this.directory, "out"), CDKTF_SWARM_STATE_DIR: this.directory };
    const options = { cwd, encoding: "utf8", env: { ...process.env, ...outputs, ...chosen } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist", app)], options);
    if (status !== 0) throw new Error(`synth exited with ${status}\n${stdout}${stderr}`);
  }

  public async close(): Promise<void> {
    await this.moto?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Folder of an environment's stack. */
  public stack(environment: string): string {
    return join(this.directory, "out/stacks", environment);
  }

  /** File of an environment's state. */
  public state(environment: string): string {
    return join(this.directory, `terraform.${environment}.tfstate`);
  }

  /** A copy of an initialised stack with its document changed. */
  public changed(environment: string, name: string, change: (document: StackDocument) => void): string {
    const copy = join(this.directory, name);
    cpSync(this.stack(environment), copy, { recursive: true, verbatimSymlinks: true });
    const file = join(copy, "cdk.tf.json");
    const document = JSON.parse(readFileSync(file, "utf8")) as StackDocument;
    change(document);
    writeFileSync(file, JSON.stringify(document));
    return copy;
  }

  /** Runs Terraform in a folder. */
  public terraform(cwd: string, ...args: string[]): SpawnSyncReturns<string> {
    return spawnSync("terraform", args, {
      cwd,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env["PATH"],
        HOME: this.directory,
        TF_CLI_CONFIG_FILE: this.config,
        CHECKPOINT_DISABLE: "1",
        AWS_ENDPOINT_URL: this.moto?.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_MAX_ATTEMPTS: "2",
      },
    });
  }
}

/** The first resource of a type. */
export function first(document: StackDocument, type: string): Record<string, unknown> {
  const found = Object.values(document.resource[type] ?? {})[0];
  if (found === undefined) throw new Error(`no ${type} in the stack`);
  return found;
}
