import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { descendants } from "../../../lib/lab/machine/processes";

const root = resolve(__dirname, "../../..");
const cli = join(root, "dist/lib/cli/main.js");

/** How a command ended that others were not held up by. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `lab up` at work. */
export interface Rising {
  readonly ended: Promise<Ended>;
  /** Ends it half-way; does nothing when it has ended. */
  stop(): void;
}

/** A user's project of its own: the environment files, and the package beside them. */
export class Project {
  private environment: NodeJS.ProcessEnv = {};

  private constructor(public readonly directory: string) {}

  /** A new one. */
  public static create(): Project {
    const directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-lab-"));
    mkdirSync(join(directory, "stacks"), { recursive: true });
    cpSync(join(root, "stacks/environments"), join(directory, "stacks/environments"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
    symlinkSync(join(root, "dist"), join(directory, "dist"));
    copyFileSync(join(root, "cdktf.json"), join(directory, "cdktf.json"));
    copyFileSync(join(root, "package.json"), join(directory, "package.json"));
    return new Project(directory);
  }

  /** One that an earlier run made, and did not dispose of. */
  public static at(directory: string): Project {
    return new Project(directory);
  }

  public get environmentFile(): string {
    return join(this.directory, "stacks/environments/dev.yaml");
  }

  /** Edits the environment file as a user would. */
  public edit(pattern: RegExp, replacement: string): void {
    const text = readFileSync(this.environmentFile, "utf8");
    if (!pattern.test(text)) throw new Error(`${pattern} is not in ${this.environmentFile}`);
    writeFileSync(this.environmentFile, text.replace(pattern, replacement));
  }

  /** `cdktf-swarm ARGS`, with its output. */
  public swarm(...args: string[]): SpawnSyncReturns<string> {
    return this.run(process.execPath, [cli, ...args]);
  }

  /** Runs a command on a host and returns what it printed; fails when the command does. */
  public exec(node: string, ...command: string[]): string {
    const result = this.tryExec(node, ...command);
    if (result.status !== 0)
      throw new Error(`${node}: ${command.join(" ")} exited with ${result.status}\n${result.stdout}${result.stderr}`);
    return result.stdout;
  }

  /** Runs a command on a host, whatever its exit code. */
  public tryExec(node: string, ...command: string[]): SpawnSyncReturns<string> {
    return this.swarm("lab", "exec", node, "--", ...command);
  }

  /** `cdktf-swarm ARGS` while this process goes on with other things. */
  public begin(...args: string[]): Promise<Ended> {
    return this.spawn(process.execPath, [cli, ...args]);
  }

  /** `cdktf-swarm lab up ENV`, which can be ended. */
  public rise(environment: string, ...options: readonly string[]): Rising {
    const controller = new AbortController();
    const ended = this.spawn(process.execPath, [cli, "lab", "up", environment, ...options], {}, controller.signal);
    return { ended, stop: () => controller.abort() };
  }

  /** Runs a command on a host, whatever its exit code, while this process goes on with other things. */
  public on(node: string, ...command: string[]): Promise<Ended> {
    return this.begin("lab", "exec", node, "--", ...command);
  }

  /** As {@link on}; fails when the command does. */
  public async execute(node: string, ...command: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.on(node, ...command);
    if (status !== 0) throw new Error(`${node}: ${command.join(" ")} exited with ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** `npx cdktf ARGS` in the shell that `lab env` sets up, while this process goes on with other things. */
  public deploying(...args: string[]): Promise<Ended> {
    return this.spawn("npx", ["--no", "--", "cdktf", ...args], this.labEnvironment());
  }

  /** As {@link deploying}, but interrupted as by Ctrl-C, which all of its processes get. */
  public deployingUntil(signal: AbortSignal, ...args: string[]): Promise<Ended> {
    return this.spawn("npx", ["--no", "--", "cdktf", ...args], this.labEnvironment(), signal, "SIGINT");
  }

  /** `npx cdktf ARGS` in the shell that `lab env` sets up. */
  public cdktf(...args: string[]): SpawnSyncReturns<string> {
    return this.run("npx", ["--no", "--", "cdktf", ...args], this.labEnvironment());
  }

  /** Terraform in the stack's own folder, in the shell that `lab env` sets up. */
  public terraform(...args: string[]): SpawnSyncReturns<string> {
    return this.run("terraform", args, this.labEnvironment(), join(this.directory, "cdktf.out/stacks/dev"));
  }

  /** What `lab env` exports. */
  public labEnvironment(): NodeJS.ProcessEnv {
    if (Object.keys(this.environment).length === 0) {
      const { stdout } = this.swarm("lab", "env");
      const shell = spawnSync("bash", ["-c", `${stdout}\nenv -0`], { encoding: "utf8" });
      this.environment = Object.fromEntries(
        shell.stdout
          .split("\0")
          .filter((line) => line.includes("="))
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
    }
    return this.environment;
  }

  /** What the lab's supervisor has written: refused requests among it. */
  public supervisorLog(): string {
    return readFileSync(join(this.directory, ".lab/logs/supervisor.log"), "utf8");
  }

  public dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private spawn(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
    signal?: AbortSignal,
    how: NodeJS.Signals = "SIGTERM",
  ): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: this.directory,
        env: { ...process.env, NO_COLOR: "1", CI: "1", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (text: string) => {
          output[name] += text;
        });
      signal?.addEventListener("abort", () => {
        if (how === "SIGINT") for (const { pid } of descendants(child.pid ?? 0)) process.kill(pid, how);
        child.kill(how);
      });
      child.on("error", reject).on("close", (status) => resolve({ status, ...output }));
    });
  }

  private run(command: string, args: string[], env: NodeJS.ProcessEnv = {}, cwd = this.directory) {
    return spawnSync(command, args, {
      cwd,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", CI: "1", ...env },
      maxBuffer: 256 * 1024 * 1024,
      timeout: 240_000,
    });
  }
}
