import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

/** The repository's `packer/`. */
export const PACKER = resolve(__dirname, "../../packer");

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a missing one fails the test with its name. */
export function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Outcome {
  const result = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...environment } });
  if (result.error !== undefined) throw new Error(`this test needs ${program}: ${result.error.message}`);
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-packer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
