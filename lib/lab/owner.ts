import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { OperationError } from "../errors";
import { labCommand } from "../operator-commands";
import { engineMarker } from "./engine/engine";
import { labPaths, OWNER_FILE, RUN_DIRECTORY, STATE_COPY } from "./machine/paths";
import { isAlive, markedProcesses } from "./machine/processes";
import { type LabState, StateFile } from "./state/state-file";

/** Directory of the project whose lab is up on this machine. */
function currentOwner(): string | undefined {
  try {
    return (JSON.parse(readFileSync(OWNER_FILE, "utf8")) as { readonly directory: string }).directory;
  } catch {
    return undefined;
  }
}

/** Makes this machine's lab the project's: there is one at a time, as there is one metadata address. */
export function claimMachine(projectDirectory: string): void {
  refuseForeignLab(projectDirectory);
  mkdirSync(RUN_DIRECTORY, { recursive: true, mode: 0o755 });
  writeFileSync(OWNER_FILE, `${JSON.stringify({ directory: resolve(projectDirectory) })}\n`);
}

/** Throws when the lab on this machine is another project's, and still there. */
export function refuseForeignLab(projectDirectory: string): void {
  const owner = currentOwner();
  if (owner === undefined || owner === resolve(projectDirectory) || isAbandoned()) return;
  throw new OperationError(
    "LabElsewhere",
    `the lab of ${owner} is up on this machine, and there can be one at a time; end it with: ` +
      labCommand.downIn(owner),
  );
}

/** Whether anybody may remove the lab on this machine: its project has lost its `.lab`, or all of it has ended. */
export function isAbandoned(): boolean {
  const owner = currentOwner();
  return owner !== undefined && (!existsSync(labPaths(owner).state) || hasEnded());
}

/** The project whose records say what is on this machine: the one whose lab is there, while it has them. */
export function projectToCleanUp(projectDirectory: string): string {
  const owner = currentOwner();
  return owner !== undefined && existsSync(labPaths(owner).state) ? owner : resolve(projectDirectory);
}

/** Whether nothing of the lab runs any more, hosts included, as after a restart of the machine. */
function hasEnded(): boolean {
  const state = new StateFile<LabState>(STATE_COPY).read();
  if (state === undefined) return false; // whose `up` has not come that far
  const { engine, marker, supervisor, up } = state;
  if (engine !== undefined && !engine.own) return false; // hosts run on in an engine that is not ours to judge
  if ([up, supervisor, engine?.process].some((process) => process !== undefined && isAlive(process))) return false;
  return [marker, engineMarker(state)].every((mark) => markedProcesses(mark).length === 0);
}

/** Gives the machine free. */
export function releaseMachine(): void {
  rmSync(RUN_DIRECTORY, { recursive: true, force: true });
}
