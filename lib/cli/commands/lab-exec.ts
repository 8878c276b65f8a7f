import type { Action } from "../context";

/** `cdktf-swarm lab exec NODE -- CMD…`: runs a command on a host and passes its exit code on. */
export function labExec(node: string, command: readonly string[]): Action {
  return async (context) => {
    const lab = await context.lab();
    return lab.labExec({ projectDirectory: context.cwd, node, command });
  };
}
