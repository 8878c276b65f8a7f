import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { RunProgram } from "../../lib/cli/child";
import type { CliContext, LabPort } from "../../lib/cli/context";
import { Output, type TextStream } from "../../lib/cli/output";
import { run } from "../../lib/cli/program";
import type { GroupSizes, Instances, RegistryLocation, RegistryReader, RegistryWriter } from "../../lib/operations";
import type { ClusterRecord } from "../../lib/registry/records";
import { cluster, manager, worker } from "../operations/fixtures";

/** A stream that remembers. */
export class Recorder implements TextStream {
  public text = "";

  public constructor(
    public readonly isTTY = false,
    public readonly columns = 80,
  ) {}

  public write(text: string): void {
    this.text += text;
  }

  /** Its lines, without the last line break. */
  public get lines(): readonly string[] {
    return this.text.replace(/\n$/, "").split("\n");
  }
}

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Registries that were opened. */
  readonly opened: readonly RegistryLocation[];
}

/** What a command meets. */
export interface World {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly registry?: RegistryReader;
  readonly writer?: RegistryWriter;
  /** @default - all run */
  readonly instances?: Instances;
  /** @default - no program can be run */
  readonly runProgram?: RunProgram;
  /** @default - Auto Scaling has no groups */
  readonly sizes?: GroupSizes;
  readonly lab?: Partial<LabPort>;
  /** What the user answers. @default - nobody is there */
  readonly confirms?: (question: string) => boolean;
}

/** EC2 where every instance runs. */
const ALL_RUN: Instances = { states: async (ids) => new Map(ids.map((id) => [id, "running" as const])) };

/** Runs the command line in a world of the test's making. */
export async function runCli(args: readonly string[], world: World = {}): Promise<Outcome> {
  const stdout = new Recorder();
  const stderr = new Recorder();
  const opened: RegistryLocation[] = [];
  const env = world.env ?? {};
  const context: CliContext = {
    output: new Output(stdout, stderr, env),
    cwd: world.cwd ?? "/nowhere",
    env,
    signal: world.signal ?? new AbortController().signal,
    confirm: async (question) => world.confirms?.(question) ?? false,
    connect: async (location) => {
      opened.push(location);
      if (world.registry === undefined) throw new Error("the test has no registry");
      return world.registry;
    },
    connectWriter: async () => {
      if (world.writer === undefined) throw new Error("the test has no registry to write to");
      return world.writer;
    },
    connectInstances: async () => world.instances ?? ALL_RUN,
    connectGroupSizes: async () => world.sizes ?? { of: async () => [] },
    runProgram: world.runProgram ?? (() => Promise.reject(new Error("the test has no programs"))),
    lab: async () => labPort(world.lab ?? {}),
  };
  const code = await run(args, context);
  return { code, stdout: stdout.text, stderr: stderr.text, opened };
}

function labPort(given: Partial<LabPort>): LabPort {
  const absent = (): never => {
    throw new Error("the test has no lab");
  };
  const none = { labUp: absent, labDown: absent, labStatus: absent, labExec: absent, labEnvironment: absent };
  return { ...none, labFault: absent, labFaults: absent, ...given };
}

/** A directory with these files, for as long as the test runs. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** A valid environment. */
export const DEV_YAML = `environment: dev
region: us-east-1
network:
  cidr: 10.20.0.0/16
  availabilityZones: [us-east-1a, us-east-1b, us-east-1c]
managers: { count: 3 }
workers:
  - { name: general, desired: 2 }
image: { id: ami-0123456789abcdef0 }
`;

/** A cluster of three managers and two workers that is Ready. */
export const READY_CLUSTER = cluster([manager(0), manager(1), manager(2), worker("general", 1), worker("general", 2)]);

/** A registry that says always the same of the cluster. */
export function registry(record: ClusterRecord | undefined = READY_CLUSTER): RegistryReader {
  return {
    getCluster: async () => record,
    getSlot: async () => undefined,
    scanNodes: async () => ({ nodes: [], slots: [], tombstones: [] }),
  };
}

/** A project with the environment dev, and more files if given. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  return directoryWith({ "stacks/environments/dev.yaml": DEV_YAML, ...files });
}
