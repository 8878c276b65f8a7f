import { spawn } from "node:child_process";
import { descendants } from "./processes";

/** How a command ended. */
export interface CommandResult {
  /** Exit code; 127 when there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface CommandOptions {
  /** Text for its standard input. @default - none */
  readonly input?: string;
  /** @default - this process's environment */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - this process's directory */
  readonly cwd?: string;
  /** Told each line of both outputs as it comes. @default - nobody listens */
  readonly onLine?: (line: string) => void;
  /** Ends it, and all that it started. @default - it goes on to its end */
  readonly signal?: AbortSignal;
}

/** Runs a program on this machine to its end. */
export type RunCommand = (program: string, args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

/** Runs a program to its end. Never throws: a program that is missing exits with 127, as in a shell. */
export const runCommand: RunCommand = (program, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: withSystemPrograms(options.env ?? process.env),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        if (options.onLine !== undefined) for (const line of lines) options.onLine(line);
      });
    }
    options.signal?.addEventListener("abort", () => {
      if (child.pid === undefined) return;
      for (const { pid } of [...descendants(child.pid), { pid: child.pid }]) terminate(pid);
    });
    child.on("error", (error) => resolve({ code: 127, stdout: output.stdout, stderr: error.message }));
    child.on("close", (code, signal) => resolve({ ...output, code: code ?? (signal === null ? 1 : 128) }));
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(options.input);
  });

function terminate(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // it ended in between
  }
}

/** Runs a program and returns what it printed; throws with what it complained about when it fails. */
export async function succeed(
  run: RunCommand,
  program: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const result = await run(program, args, options);
  if (result.code !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
    throw new Error(`${[program, ...args].join(" ")} exited with ${result.code}: ${said}`);
  }
  return result.stdout;
}

/** Adds where iptables and dockerd are, which is not in everybody's path. */
export function withSystemPrograms(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, PATH: `${environment["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` };
}
