import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Sockets and process ids of a running lab: gone after a reboot, as the lab is. */
export const RUN_DIRECTORY = "/run/cdktf-swarm-lab";

/** Says which project's lab is up on this machine. */
export const OWNER_FILE = join(RUN_DIRECTORY, "owner.json");

/** Copies of a lab's state, from which it can be removed when its project's directory is gone. */
export const STATE_COPY = join(RUN_DIRECTORY, "state.json");
export const SUPERVISOR_COPY = join(RUN_DIRECTORY, "supervisor.json");

/** How to find a lab: it belongs to a project, and lives in `.lab` there. */
export interface LabOptions {
  /** Directory with `cdktf.json` and `stacks/environments`. */
  readonly projectDirectory: string;
}

/** What one project's lab keeps in its `.lab`. */
export interface LabPaths {
  readonly root: string;
  /** Written by `up` and `down`. */
  readonly state: string;
  /** Written by the supervisor. */
  readonly supervisor: string;
  /** Faults that are on: written by `lab fault`, and by the supervisor when one's time is over. */
  readonly faults: string;
  /** A line of JSON per thing that happened, with its time. */
  readonly events: string;
  readonly logs: string;
  readonly deployLog: string;
  readonly supervisorLog: string;
  readonly engineLog: string;
  readonly emulatorLog: string;
  /** Terraform state files of the stacks. */
  readonly terraformState: string;
  /** Terraform's CLI configuration, where the provider comes from a disk. */
  readonly terraformConfig: string;
  /** Filesystem mirror that configuration names. */
  readonly terraformMirror: string;
}

export function labPaths(projectDirectory: string): LabPaths {
  const root = join(resolve(projectDirectory), ".lab");
  const logs = join(root, "logs");
  return {
    root,
    state: join(root, "state.json"),
    supervisor: join(root, "supervisor.json"),
    faults: join(root, "faults.json"),
    events: join(root, "events.jsonl"),
    logs,
    deployLog: join(logs, "deploy.log"),
    supervisorLog: join(logs, "supervisor.log"),
    engineLog: join(logs, "engine.log"),
    emulatorLog: join(logs, "emulator.log"),
    terraformState: join(root, "terraform"),
    terraformConfig: join(root, "terraform.rc"),
    terraformMirror: join(root, "providers"),
  };
}

/** Where big things that outlive a lab are kept: the engine's images, the emulator, the root file system. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-swarm");
}
