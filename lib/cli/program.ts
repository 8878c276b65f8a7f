import { createRequire } from "node:module";
import { Command, CommanderError, Option } from "commander";
import { OperationError } from "../errors";
import { labCommand } from "../operator-commands";
import { addClusterCommands } from "./cluster-program";
import { type Choose, command, type Debug } from "./command";
import { labDown } from "./commands/lab-down";
import { labEnv } from "./commands/lab-env";
import { labExec } from "./commands/lab-exec";
import { labStatus } from "./commands/lab-status";
import { type LabUpChoices, labUp } from "./commands/lab-up";
import { validate } from "./commands/validate";
import type { Action, CliContext, ExitCode } from "./context";
import { EXIT } from "./exit-codes";
import { reportFailure, UsageError } from "./failure";
import { addLabFault } from "./lab-fault-program";
import { wholeNumber } from "./numbers";

/**
 * Runs the command line.
 * @param args what follows the name of the program
 */
export async function run(args: readonly string[], context: CliContext): Promise<ExitCode> {
  let chosen: { readonly action: Action; readonly debug: boolean } | undefined;
  const json = asksForJson(args);
  const choose: Choose = (action, debug) => {
    chosen = { action, debug };
  };
  const { output } = context;
  const say = (text: string): void => {
    if (!json) output.note(text.trimEnd(), "bad");
  };
  const program = buildProgram((text) => output.result(text.trimEnd()), say, choose);
  try {
    program.parse([...args], { from: "user" });
    return chosen === undefined ? EXIT.done : await chosen.action(context);
  } catch (error) {
    // Help and version end here too, with 0; what else commander objects to it has said itself, but not as JSON.
    const isParsing = error instanceof CommanderError;
    if (isParsing && (error.exitCode === 0 || !json)) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
    const cause = isParsing ? new UsageError(error.message.replace(/^error: /, "")) : error;
    const { aborted, reason } = context.signal;
    const failure = aborted ? asInterrupted(cause) : cause;
    return reportFailure(failure, context.output, { json, debug: chosen?.debug, interruption: reason });
  }
}

/** Asked before anything is parsed, since that can fail, too. What follows `--` or `lab exec` is another program's. */
function asksForJson(args: readonly string[]): boolean {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  return own.includes("--json") && !(own[0] === "lab" && own[1] === "exec");
}

/** What was under way fails in its own way when it is interrupted. */
function asInterrupted(error: unknown): unknown {
  const isTold = error instanceof OperationError && error.code === "Interrupted";
  return isTold ? error : new OperationError("Interrupted", "interrupted", { cause: error });
}

/** The command line; `print` and `say` take help and complaints, `choose` the command that was asked for. */
export function buildProgram(print: (text: string) => void, say: (text: string) => void, choose: Choose): Command {
  const program = new Command("cdktf-swarm")
    .description("Look after a Docker Swarm that cdktf-swarm deployed, on AWS or in the lab on this machine.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("add --help for how to use it")
    .configureOutput({ writeOut: print, writeErr: say })
    .addHelpText(
      "after",
      "\nENV is the name of a file in stacks/environments, without .yaml. A cluster that is declared in a stack is named by\n" +
        "--cluster NAME --region REGION instead.",
    );
  addValidate(program, choose);
  addClusterCommands(program, choose);
  addLab(program, choose);
  return program;
}

function addValidate(program: Command, choose: Choose): void {
  command(program, "validate")
    .description("check environment files; names every fault with its line, and exits with 2 if there is one")
    .argument("[FILE|ENV...]", "files or environments to check (default: all environments)")
    .action((targets: string[], options: Debug) => choose(validate(targets), options.debug === true));
}

function addLab(program: Command, choose: Choose): void {
  const lab = program
    .command("lab")
    .enablePositionalOptions()
    .description("run a whole cluster on this machine, with no AWS account")
    .addHelpText(
      "after",
      "\nThe lab stands in for AWS: an emulated API, and a container for each instance. Terraform, the AWS provider,\n" +
        "Docker and everything this package makes are the real ones. `lab down` leaves nothing behind.",
    );
  command(lab, "up")
    .description("start the lab, deploy an environment to it, and show its nodes once all are Ready")
    .argument("[ENV]", "environment to deploy", "dev")
    .addOption(new Option("--timings <profile>", "how long the emulated AWS takes").choices(["quick", "region"]))
    .option("--seed <number>", "of what region timings draw (default: random)", wholeNumber("--seed", 0))
    .option("--discard", "remove hosts that still run although the emulated AWS has ended")
    .addHelpText(
      "after",
      "\nquick is the default: an instance runs 0.3 s after its launch and is gone after 0.5 s. region takes its time, in a\n" +
        "region's orders of magnitude, none of them measured: 5 to 40 s until an instance runs, 30 to 120 s until it is\n" +
        "gone and until Auto Scaling acts; DescribeInstances up to 30 s old; a new role refused for up to 15 s.",
    )
    .action((environment: string, options: LabUpChoices & Debug) => {
      choose(labUp(environment, options), options.debug === true);
    });
  command(lab, "status")
    .description("show what runs of the lab; exits with 0 only if it is up")
    .option("--json", "print JSON")
    .action((options: { json?: boolean } & Debug) => choose(labStatus(options), options.debug === true));
  command(lab, "exec")
    .description("run a command on a host of the lab and pass its exit code on")
    .passThroughOptions()
    .argument("<NODE>", "manager-SLOT, POOL-NUMBER or an instance id, as `lab status` shows them")
    .argument("<CMD...>", "the command with its arguments")
    .usage("[options] <NODE> -- <CMD...>")
    .addHelpText("after", `\nExample:\n  ${labCommand.exec("manager-0", "docker node ls")}`)
    .action((node: string, words: string[], options: Debug) => {
      choose(labExec(node, words[0] === "--" ? words.slice(1) : words), options.debug === true);
    });
  addLabFault(lab, choose);
  command(lab, "env")
    .description("print what a shell needs so that cdktf, terraform and aws talk to the lab")
    .addHelpText("after", `\nExample:\n  eval "$(${labCommand.env})" && npx cdktf deploy dev`)
    .action((options: Debug) => choose(labEnv(), options.debug === true));
  command(lab, "down")
    .description("remove everything the lab made on this machine")
    .action((options: Debug) => choose(labDown(), options.debug === true));
}

/** By the package's own name, so that it is found from the sources and from the build alike. */
function packageVersion(): string {
  const { version } = createRequire(__filename)("cdktf-swarm/package.json") as { version: string };
  return version;
}
