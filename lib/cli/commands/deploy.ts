import { existsSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../errors";
import type { Action, CliContext, ExitCode } from "../context";
import { EXIT, exitOfSignal } from "../exit-codes";
import { UsageError } from "../failure";

/**
 * `cdktf-swarm deploy ENV…`: runs `cdktf deploy`, and proves that it came to its end.
 *
 * @param words names of environments or stacks, then options for cdktf
 */
export function deploy(words: readonly string[]): Action {
  const stacks = stacksIn(words);
  return async (context) => {
    const ended = await cdktf(context, "deploy", words, stacks);
    if (ended !== EXIT.done) return ended;
    const { proveApplied } = await import("../../deploy/index.js");
    const { cwd: projectDirectory, env, runProgram } = context;
    const run = (program: string, args: readonly string[], cwd: string) =>
      runProgram(program, { args, cwd, isAttached: false });
    for (const stack of stacks) await proveApplied({ projectDirectory, stack, env, run });
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
  const { cdktfProgram } = await import("../../deploy/index.js");
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
