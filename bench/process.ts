import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Directory of the checkout. */
export const PROJECT = dirname(createRequire(__filename).resolve("cdktf-swarm/package.json"));

/** This package's command line, as a program of Node.js. */
export const CLI = join(PROJECT, "dist", "lib", "cli", "main.js");

/** A process that ended. */
export interface Finished {
  readonly seconds: number;
  readonly stdout: string;
}

/** How to run a process. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** @default - the checkout */
  readonly cwd?: string;
  /**
   * Whether its stderr goes to the screen.
   * @default false: it is only shown when the process fails
   */
  readonly showProgress?: boolean;
  /**
   * Exit codes that are answers, not failures.
   * @default [0]
   */
  readonly accept?: readonly number[];
}

/** Runs a process from start to end, and fails if it does. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { env, cwd = PROJECT, showProgress = false, accept = [0] }: RunOptions = {},
): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", showProgress ? "inherit" : "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (code === null || !accept.includes(code))
    throw new Error(`${command} ${args.join(" ")} ended with ${code}\n${stderr || stdout}`);
  return { seconds, stdout };
}

/** Runs this package's command line. */
export function runCli(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProcess(process.execPath, [CLI, ...args], options);
}
