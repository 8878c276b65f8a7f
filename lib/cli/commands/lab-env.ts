import { shellWord } from "../../operator-commands";
import type { Action } from "../context";

/** `cdktf-swarm lab env`: what a shell needs so that tools talk to the lab instead of AWS. */
export function labEnv(): Action {
  return async (context) => {
    const lab = await context.lab();
    const variables = await lab.labEnvironment({ projectDirectory: context.cwd });
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`);
    context.output.result(lines.join("\n"));
    return 0;
  };
}
