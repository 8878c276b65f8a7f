import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiFault } from "../front/aws-control";
import { StateFile } from "../state/state-file";

/** What every lasting fault has. */
interface Lasting {
  readonly id: string;
  /** ISO 8601. */
  readonly since: string;
  /** When it ends by itself, ISO 8601. @default - it lasts until somebody ends it */
  readonly until?: string;
}

/** A host, by its instance and by what operators called it when the fault began. */
export interface FaultyHost {
  readonly instanceId: string;
  readonly host: string;
}

/**
 * A host that is dead (`kill`), frozen (`pause`), stopped through the API, whose status checks fail, whose end as a spot
 * instance is announced, or whose disk is full.
 */
export interface HostFault extends Lasting, FaultyHost {
  readonly kind: "kill" | "pause" | "stop" | "status-checks" | "spot" | "disk";
}

/** Hosts that are cut off from all others; among themselves they talk. */
export interface PartitionFault extends Lasting {
  readonly kind: "partition";
  readonly hosts: readonly FaultyHost[];
  /** Instances of this zone are cut off too, also those that come later. @default - only the named hosts */
  readonly availabilityZone?: string;
  /** Whether they reach the metadata service, the resolver and the AWS API all the same. */
  readonly keepApi: boolean;
}

/** A host whose packets leave late. */
export interface SlowFault extends Lasting, FaultyHost {
  readonly kind: "slow";
  readonly milliseconds: number;
}

/** A host whose processes take another time for the present. */
export interface ClockFault extends Lasting, FaultyHost {
  readonly kind: "clock";
  /** How far ahead its clock is; behind, if negative. */
  readonly offsetSeconds: number;
}

/** Begins what the supervisor says when it cannot slow a host down. */
export const SLOW_FAULT = "slow: ";
/** Begins what the supervisor says when it cannot set a host's clock. */
export const CLOCK_FAULT = "clock: ";

/** A fault of the AWS API. */
export interface ApiLabFault extends Omit<ApiFault, "caller"> {
  readonly kind: "api";
  /** Whose requests it hits. @default - every host's */
  readonly host?: string;
}

/** A fault that is kept on record here; the front keeps its own. */
export type RecordedFault = HostFault | PartitionFault | SlowFault | ClockFault;

/** A fault that somebody put on the lab and that is still on. */
export type LabFault = RecordedFault | ApiLabFault;

type WithoutIdentity<T> = T extends RecordedFault ? Omit<T, "id" | "since"> : never;

/** A fault that begins now. */
export function newFault(fault: WithoutIdentity<RecordedFault>): RecordedFault {
  return { id: randomUUID(), since: new Date().toISOString(), ...fault };
}

/** When a fault that begins now ends by itself. */
export function endOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000).toISOString();
}

/** `.lab/faults.json`. */
export interface FaultRecords {
  readonly schema: 1;
  /** Grows with each change, so that the supervisor can say how far it is. */
  readonly version: number;
  readonly faults: readonly RecordedFault[];
}

const NONE: FaultRecords = { schema: 1, version: 0, faults: [] };

/** A lock this old belongs to a process that died with it: it is held for no longer than a write takes. */
const STALE_LOCK_MILLISECONDS = 5_000;
const LOCK_POLL_MILLISECONDS = 10;

/** The faults of a lab, written by commands and by the supervisor: one at a time. */
export class FaultFile {
  private readonly file: StateFile<FaultRecords>;
  private readonly lock: string;

  public constructor(path: string) {
    this.file = new StateFile(path);
    this.lock = `${path}.lock`;
  }

  public read(): FaultRecords {
    return this.file.read() ?? NONE;
  }

  /** Changes the faults, and returns what is on record then. */
  public async update(change: (faults: readonly RecordedFault[]) => readonly RecordedFault[]): Promise<FaultRecords> {
    await this.acquire();
    try {
      const { version, faults } = this.read();
      return this.file.write({ schema: 1, version: version + 1, faults: change(faults) });
    } finally {
      rmSync(this.lock, { force: true });
    }
  }

  private async acquire(): Promise<void> {
    mkdirSync(dirname(this.lock), { recursive: true });
    for (;;) {
      try {
        closeSync(openSync(this.lock, "wx"));
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      if (ageOf(this.lock) > STALE_LOCK_MILLISECONDS) rmSync(this.lock, { force: true });
      else await sleep(LOCK_POLL_MILLISECONDS);
    }
  }
}

function ageOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}
