import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { LabTimings } from "../emulator/timings";
import type { ProcessIdentity } from "../machine/processes";

/** How the engine is reached, and, where the lab started it, what must be put back when it ends. */
export interface EngineRecord {
  readonly socket: string;
  /** Whether the lab started this engine. */
  readonly own: boolean;
  /** The daemon's process (own engine, once started). */
  readonly process?: ProcessIdentity;
  /** What the machine looked like before the own engine started. */
  readonly before?: EngineTraces;
}

/** What a Docker engine leaves when it ends, in the kernel and outside of its own folders. */
export interface EngineTraces {
  /** iptables chains as `<table> <chain>`. */
  readonly chains: readonly string[];
  readonly forwardPolicy: string;
  readonly ipForward: string;
  /** Files and folders of engines that were not there. @default - of an older lab: not known */
  readonly absent?: readonly string[];
}

/** `.lab/state.json`: what `up` made, written before it is made. */
export interface LabState {
  readonly schema: 1;
  readonly environment: string;
  readonly region: string;
  /** Value of the marker variable in the environment of each process of this lab. */
  readonly marker: string;
  /** The `up` that is at work, or was last. */
  readonly up?: ProcessIdentity;
  readonly engine?: EngineRecord;
  /** Docker image of the hosts. */
  readonly image?: string;
  /** Machine images that the emulated account has, so that the environment's image is found. */
  readonly emulator: { readonly images?: readonly string[]; readonly imageParameters?: readonly string[] };
  /** How long the emulated account takes. @default - of an older lab: quick */
  readonly timings?: LabTimings;
  readonly supervisor?: ProcessIdentity;
}

/** `.lab/supervisor.json`: what the supervisor made, written before it is made. */
export interface SupervisorState {
  readonly schema: 1;
  /** Whether the emulated API answers. */
  readonly ready: boolean;
  readonly endpoint?: string;
  /** The emulator behind the endpoint, which also answers `GET /lab/state`. */
  readonly stateEndpoint?: string;
  /** Kernel settings by name, with the value they had. */
  readonly settings: Readonly<Record<string, string>>;
  /** Blocks that have an `unreachable` route. */
  readonly routes: readonly string[];
  /** Version of the recorded faults that this machine is in. */
  readonly faultsVersion?: number;
  /** What the supervisor cannot do, in words for the operator. */
  readonly faults: readonly string[];
}

/** A JSON file with one writer at a time; readers see the old content or the new one, never half of it. */
export class StateFile<T> {
  /**
   * @param copy - Written with it; read by those who know that the first is lost.
   */
  public constructor(
    public readonly path: string,
    private readonly copy?: string,
  ) {}

  /** @returns `undefined` when there is none, or it cannot be understood. */
  public read(): T | undefined {
    try {
      return JSON.parse(readFileSync(this.path, "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  public write(value: T): T {
    const text = `${JSON.stringify(value, null, 2)}\n`;
    // The copy first: there must be none of the file without it.
    for (const path of [this.copy, this.path]) if (path !== undefined) replaceFile(path, text);
    return value;
  }
}

function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}
