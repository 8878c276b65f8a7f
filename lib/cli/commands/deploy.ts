import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../errors";
import type { Action, CliContext, ExitCode } from "../context";
import { EXIT, exitOfSignal } from "../exit-codes";
import { UsageError } from "../failure";

/** How Terraform's `plan -detailed-exitcode` ends. */
const PLAN = { nothingToDo: 0, changesLeft: 2 } as const;

/**
 * `cdktf-swarm deploy ENV…`: runs `cdktf deploy`, and proves that it came to its end. cdktf-cli 0.21 ends with 0 when
 * Terraform was killed: of a program that a signal ended it reads the exit code alone, which is 0 then.
 *
 * @param words names of environments or stacks, then options for cdktf
 */
export function deploy(words: readonly string[]): Action {
  const stacks = stacksIn(words);
  return async (context) => {
    const ended = await cdktf(context, "deploy", words, stacks);
    if (ended !== EXIT.done) return ended;
    for (const stack of stacks) await proveApplied(context, stack);
    context.output.result(`applied, and proven by a plan without changes: ${stacks.join(", ")}`);
    return EXIT.done;
  };
}

/** `cdktf-swarm plan ENV…`: runs `cdktf diff`, which then shows the warnings of these environments and of no other. */
export function plan(words: readonly string[]): Action {
  const stacks = stacksIn(words);
  return (context) => cdktf(context, "diff", words, stacks);
}

function stacksIn(words: readonly string[]): readonly string[] {
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const stacks = firstOption < 0 ? words : words.slice(0, firstOption);
  if (stacks.length > 0) return stacks;
  throw new UsageError("which environments or stacks? Write their names before the options of cdktf");
}

async function cdktf(
  { cwd, env, runProgram }: CliContext,
  verb: "deploy" | "diff",
  words: readonly string[],
  stacks: readonly string[],
): Promise<ExitCode> {
  const { cdktfProgram } = await import("../../lab/index.js");
  const { code, interruptedBy } = await runProgram(process.execPath, {
    args: [cdktfProgram(cwd), verb, ...words],
    cwd,
    env:
      env[ENVIRONMENTS] === undefined && stacks.every((stack) => isEnvironment(stack, cwd))
        ? { [ENVIRONMENTS]: stacks.join(",") }
        : {},
    isAttached: true,
  });
  if (interruptedBy !== undefined) return exitOfSignal(interruptedBy);
  if (code === 0) return EXIT.done;
  throw new OperationError("DeployFailed", `cdktf ${verb} ended with ${code ?? "a signal"}`);
}

/** Names the environments that the app makes stacks of: cdktf tells it none, and shows the warnings of all. */
const ENVIRONMENTS = "CDKTF_SWARM_ENVIRONMENTS";

function isEnvironment(stack: string, cwd: string): boolean {
  return [".yaml", ".yml"].some((ending) => existsSync(join(cwd, "stacks", "environments", `${stack}${ending}`)));
}

/**
 * What is applied leaves nothing to plan. Not refreshed, since only the deploy is in question: what Auto Scaling or
 * somebody else has changed since is not its fault. The readiness gate is in the state, too, once it has passed.
 */
async function proveApplied({ cwd, env, runProgram }: CliContext, stack: string): Promise<void> {
  const folder = join(cwd, outputFolder(cwd), "stacks", stack);
  if (!existsSync(folder)) throw new UsageError(`${stack}: cdktf made no such stack; name each by its whole name`);
  const args = ["plan", "-refresh=false", "-detailed-exitcode", "-input=false", "-no-color"];
  const terraform = env["TERRAFORM_BINARY_NAME"] ?? "terraform";
  const { code, output } = await runProgram(terraform, { args, cwd: folder, isAttached: false });
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

function outputFolder(cwd: string): string {
  const settings = JSON.parse(readFileSync(join(cwd, "cdktf.json"), "utf8")) as { readonly output?: string };
  return settings.output ?? "cdktf.out";
}
