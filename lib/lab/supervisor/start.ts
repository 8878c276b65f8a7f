import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../errors";
import type { LabPaths } from "../machine/paths";
import { identify, isAlive, MARKER_VARIABLE, type ProcessIdentity } from "../machine/processes";
import { StateFile, type SupervisorState } from "../state/state-file";

/** Installing the emulator comes first, once. */
const READY_MILLISECONDS = 300_000;

/** How to start the supervisor. */
export interface SupervisorStart {
  readonly projectDirectory: string;
  readonly paths: LabPaths;
  readonly marker: string;
  /** Told its process before it makes anything. */
  readonly onStarted: (process: ProcessIdentity) => void;
}

/** Starts the process behind the lab, apart from ours, and waits until the emulated API answers. */
export async function startSupervisor(options: SupervisorStart): Promise<void> {
  const { paths, marker, onStarted } = options;
  const log = openSync(paths.supervisorLog, "a");
  const program = join(__dirname, "main.js");
  const child = spawn(process.execPath, [program, resolve(options.projectDirectory)], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, [MARKER_VARIABLE]: marker },
  });
  child.on("error", () => {}); // seen below as a process that is not there
  child.unref();
  const started = child.pid === undefined ? undefined : identify(child.pid);
  if (started === undefined) throw failure(paths, "the lab's supervisor could not be started");
  onStarted(started);
  const state = new StateFile<SupervisorState>(paths.supervisor);
  for (const deadline = Date.now() + READY_MILLISECONDS; Date.now() < deadline; await sleep(50)) {
    if (state.read()?.ready) return;
    if (!isAlive(started)) throw failure(paths, "the lab's supervisor ended");
  }
  throw failure(paths, "the lab's supervisor is not ready");
}

function failure(paths: LabPaths, what: string): OperationError {
  const said = readFileSync(paths.supervisorLog, "utf8").trim().split("\n").slice(-10).join("\n");
  return new OperationError("SupervisorFailed", `${what}; the last lines of ${paths.supervisorLog}:\n${said}`);
}
