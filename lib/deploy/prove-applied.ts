import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../errors";

/** What was deployed, and how to ask Terraform about it. */
export interface AppliedStack {
  readonly projectDirectory: string;
  readonly stack: string;
  /** What Terraform would run with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a program to its end; its code is undefined if a signal ended it. */
  readonly run: (
    program: string,
    args: readonly string[],
    cwd: string,
  ) => Promise<{ readonly code?: number; readonly output: string }>;
}

/** How Terraform's `plan -detailed-exitcode` ends. */
const PLAN = { nothingToDo: 0, changesLeft: 2 } as const;

/**
 * Proves that `cdktf deploy`, which has ended with 0, came to its end. cdktf-cli 0.21 ends with 0 when Terraform was
 * killed, too: of a program that a signal ended it reads the exit code alone, which is 0 then.
 *
 * What is applied leaves nothing to plan. Not refreshed, since only the deploy is in question: what Auto Scaling or
 * somebody else has changed since is not its fault. The readiness gate is in the state, too, once it has passed.
 * @throws OperationError `DeployFailed`; `InvalidArguments` if cdktf made no such stack
 */
export async function proveApplied({ projectDirectory, stack, env, run }: AppliedStack): Promise<void> {
  const folder = join(projectDirectory, outputFolder(projectDirectory), "stacks", stack);
  if (!existsSync(folder)) {
    const message = `${stack}: cdktf made no such stack; name each by its whole name`;
    throw new OperationError("InvalidArguments", message);
  }
  const args = ["plan", "-refresh=false", "-detailed-exitcode", "-input=false", "-no-color"];
  const { code, output } = await run(env["TERRAFORM_BINARY_NAME"] ?? "terraform", args, folder);
  if (code === PLAN.nothingToDo) return;
  if (code === PLAN.changesLeft) {
    const count = /^Plan: .*$/m.exec(output)?.[0];
    throw new OperationError(
      "DeployFailed",
      `${stack} was not applied to its end, though cdktf deploy ended with 0: Terraform was killed, or a change was ` +
        `left out (${count ?? "only outputs are left"}); deploy again`,
    );
  }
  throw new OperationError("DeployFailed", `whether ${stack} was applied, Terraform cannot tell:\n${output.trim()}`);
}

function outputFolder(projectDirectory: string): string {
  const settings = JSON.parse(readFileSync(join(projectDirectory, "cdktf.json"), "utf8")) as {
    readonly output?: string;
  };
  return settings.output ?? "cdktf.out";
}
