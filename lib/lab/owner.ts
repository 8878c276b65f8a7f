import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { OperationError } from "../errors";
import { labPaths, OWNER_FILE, RUN_DIRECTORY } from "./paths";

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

/** Throws when the lab on this machine is another project's. */
export function refuseForeignLab(projectDirectory: string): void {
  const owner = currentOwner();
  if (owner === undefined || owner === resolve(projectDirectory) || isAbandoned()) return;
  throw new OperationError(
    "LabElsewhere",
    `the lab of ${owner} is up on this machine, and there can be one at a time; end it with: ` +
      `cd ${owner} && npx cdktf-swarm lab down`,
  );
}

/** Whether the lab on this machine has lost its project's `.lab`, so that anybody may remove it. */
export function isAbandoned(): boolean {
  const owner = currentOwner();
  return owner !== undefined && !existsSync(labPaths(owner).state);
}

/** Gives the machine free. */
export function releaseMachine(): void {
  rmSync(RUN_DIRECTORY, { recursive: true, force: true });
}
