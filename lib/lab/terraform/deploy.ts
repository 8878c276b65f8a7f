import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { cdktfProgram, proveApplied } from "../../deploy";
import { OperationError } from "../../errors";
import type { RunCommand } from "../machine/command";

/** How to deploy. */
export interface DeployOptions {
  readonly run: RunCommand;
  readonly projectDirectory: string;
  readonly environment: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Told each line as it comes. */
  readonly onLine: (line: string) => void;
  /** Ends it half-way. @default - it goes on to its end */
  readonly signal?: AbortSignal;
}

/** Runs the project's own `cdktf deploy`, as a user would, proves that it came to its end, and tells whether it changed anything. */
export async function deploy(options: DeployOptions): Promise<{ readonly changed: boolean }> {
  const { run, projectDirectory, environment, env, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: "a" });
  // Its check of the lock file asks the registry, also for what is on the disk.
  const args = [cdktfProgram(projectDirectory), "deploy", environment, "--auto-approve", "--skip-provider-lock"];
  let unchanged = false;
  const result = await run(process.execPath, args, {
    cwd: projectDirectory,
    env,
    signal: options.signal,
    onLine: (raw) => {
      const line = stripVTControlCharacters(raw);
      log.write(`${new Date().toISOString()} ${line.trimEnd()}\n`);
      if (/No changes\. Your infrastructure matches|Resources: 0 added, 0 changed, 0 destroyed/.test(line))
        unchanged = true;
      options.onLine(line);
    },
  });
  await new Promise((resolve) => log.end(resolve));
  if (result.code !== 0)
    throw new OperationError("DeployFailed", `cdktf deploy ${environment} exited with ${result.code}; read ${logFile}`);
  const prove = async (program: string, words: readonly string[], cwd: string) => {
    const { code, stdout, stderr } = await run(program, words, { cwd, env, signal: options.signal });
    return { code, output: stdout + stderr };
  };
  await proveApplied({ projectDirectory, stack: environment, env, run: prove });
  return { changed: !unchanged };
}
