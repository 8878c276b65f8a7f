import type { LabTimings, TimingProfile } from "./emulator/timings";
import type { LabFault } from "./faults/records";
import type { LabOptions } from "./machine/paths";

/** What `up` and `down` are busy with; phases come in this order. */
export type LabPhase = "prerequisites" | "engine" | "image" | "provider" | "supervisor" | "deploy" | "hosts" | "down";

/** One step forward, for a person who waits. */
export interface LabProgress {
  readonly phase: LabPhase;
  /** One line. */
  readonly message: string;
}

/** Takes each step as it happens. */
export type ProgressListener = (progress: LabProgress) => void;

/** Options of `labDown`. */
export interface LabDownOptions extends LabOptions {
  /** @default - nobody listens */
  readonly onProgress?: ProgressListener;
}

/** Options of `labUp`. */
export interface LabUpOptions extends LabDownOptions {
  /** Name of the environment to deploy: `stacks/environments/<environment>.yaml`. */
  readonly environment: string;
  /** How long the emulated AWS takes. @default - that of the lab which is up, else `quick` */
  readonly timings?: TimingProfile;
  /** Of what is drawn with timings that are not always the same. @default - that of the lab which is up, else random */
  readonly seed?: number;
  /** Whether a working swarm may go whose emulated AWS has ended: it cannot be gone on with. @default false */
  readonly discard?: boolean;
}

/** Options of `labExec`. */
export interface LabExecOptions extends LabOptions {
  /** Operators' name of a host (`manager-0`, `general-1`), its instance id, or its host name. */
  readonly node: string;
  /** Program and arguments. */
  readonly command: readonly string[];
}

/** A container that stands for an instance. */
export interface LabHost {
  /** Operators' name: `manager-<slot>` or `<pool>-<k>`. */
  readonly name: string;
  readonly instanceId: string;
  /** State of the emulated instance, as EC2 calls it. */
  readonly state: string;
  readonly address: string;
  readonly availabilityZone: string;
  /** Name of the Docker container. */
  readonly container: string;
  /** What Docker says of the container: `running`, `exited`, …, or `missing`. */
  readonly containerState: string;
}

/** The lab of a project. */
export interface LabStatus {
  /** `up`; `down` when there is none; `broken` when parts of it are gone and `down` should be run. */
  readonly state: "up" | "down" | "broken";
  /** Environment last deployed. */
  readonly environment?: string;
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  /** How long the emulated AWS takes for what it does. */
  readonly timings?: LabTimings;
  /** Where the emulated AWS API answers on this machine. */
  readonly endpoint?: string;
  /** The Docker engine that runs the hosts. */
  readonly engine?: { readonly socket: string; readonly own: boolean };
  readonly hosts: readonly LabHost[];
  /** What somebody broke on purpose, and has not mended. */
  readonly injectedFaults: readonly LabFault[];
  /** Where the logs are. */
  readonly logDirectory: string;
}

/** How long a phase of `up` took. */
export interface LabPhaseTime {
  readonly phase: LabPhase;
  readonly seconds: number;
}

/** What `labUp` did. */
export interface LabUpResult {
  readonly environment: string;
  readonly hosts: readonly LabHost[];
  /** Whether the deploy changed anything. */
  readonly changed: boolean;
  readonly phases: readonly LabPhaseTime[];
  /** What `cdktf deploy` printed. */
  readonly deployLog: string;
}
