import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabStatus } from "../lib/lab";
import { type LabEvent, readEvents } from "../lib/lab/state/events";
import { type LabPhases, parseLog, splitByPhase } from "./lab-phases";
import { type Finished, PROJECT, type RunOptions, runCli } from "./process";

/** How large a swarm is. */
export interface SwarmSize {
  readonly managers: number;
  readonly workers: number;
}

/** A project in a directory of its own, as a user has it: the dev environment at some size, and its lab. */
export class LabProject {
  public readonly directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-bench-"));

  public constructor(size: SwarmSize) {
    const environments = join("stacks", "environments");
    mkdirSync(join(this.directory, environments), { recursive: true });
    for (const name of ["node_modules", "dist"]) symlinkSync(join(PROJECT, name), join(this.directory, name));
    for (const name of ["cdktf.json", "package.json"]) copyFileSync(join(PROJECT, name), join(this.directory, name));
    const dev = readFileSync(join(PROJECT, environments, "dev.yaml"), "utf8");
    writeFileSync(join(this.directory, environments, "dev.yaml"), environmentOf(dev, size));
  }

  /** `cdktf-swarm ARGS` in this project. */
  public cli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runCli(args, { ...options, cwd: this.directory });
  }

  /** Brings the lab up, does something with it, and takes it down whatever happens. */
  public async whileUp<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.cli(["lab", "up", "dev"], { showProgress: true });
      return await work();
    } finally {
      await this.cli(["lab", "down"], { showProgress: true });
    }
  }

  public async status(): Promise<LabStatus> {
    return JSON.parse((await this.cli(["lab", "status", "--json"])).stdout) as LabStatus;
  }

  /** What a command prints on a host. */
  public async exec(host: string, ...command: readonly string[]): Promise<string> {
    return (await this.cli(["lab", "exec", host, "--", ...command])).stdout;
  }

  public events(): readonly LabEvent[] {
    return readEvents(join(this.directory, ".lab", "events.jsonl"));
  }

  public phases(): LabPhases {
    const log = readFileSync(join(this.directory, ".lab", "logs", "deploy.log"), "utf8");
    return splitByPhase(this.events(), parseLog(log));
  }

  public dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The dev environment with other numbers of managers and workers; fails when it does not say how many it has. */
export function environmentOf(dev: string, { managers, workers }: SwarmSize): string {
  const numbers = [
    [/^( {2}count: )\d+$/m, managers],
    [/^( {4}desired: )\d+$/m, workers],
    [/^( {4}max: )\d+$/m, Math.max(workers, 1)],
  ] as const;
  return numbers.reduce((text, [pattern, number]) => {
    if (!pattern.test(text)) throw new Error(`the dev environment has no line like ${pattern}`);
    return text.replace(pattern, `$1${number}`);
  }, dev);
}
