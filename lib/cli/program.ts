import { createRequire } from "node:module";
import { Command, CommanderError, Option } from "commander";
import { OperationError } from "../errors";
import { labDown } from "./commands/lab-down";
import { labEnv } from "./commands/lab-env";
import { labExec } from "./commands/lab-exec";
import { labStatus } from "./commands/lab-status";
import { type LabUpChoices, labUp } from "./commands/lab-up";
import { changeManager, type ManagersOptions } from "./commands/managers";
import { type RecoverOptions, recover } from "./commands/recover";
import { type StatusOptions, status } from "./commands/status";
import { validate } from "./commands/validate";
import { parsePool, type WaitOptions, wait } from "./commands/wait";
import type { Action, CliContext, ExitCode } from "./context";
import { EXIT } from "./exit-codes";
import { reportFailure, UsageError } from "./failure";
import { addLabFault, type Choose } from "./lab-fault-program";
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
  const program = buildProgram(context, choose, json);
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

function buildProgram({ output }: CliContext, choose: Choose, json: boolean): Command {
  const program = new Command("cdktf-swarm")
    .description("Look after a Docker Swarm that cdktf-swarm deployed, on AWS or in the lab on this machine.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("add --help for how to use it")
    .configureOutput({
      writeOut: (text) => output.result(text.trimEnd()),
      writeErr: (text) => {
        if (!json) output.note(text.trimEnd(), "bad");
      },
    })
    .addHelpText("after", "\nENV is the name of a file in stacks/environments, without .yaml.");
  addValidate(program, choose);
  addStatus(program, choose);
  addWait(program, choose);
  addManagers(program, choose);
  addRecover(program, choose);
  addLab(program, choose);
  return program;
}

function addValidate(program: Command, choose: Choose): void {
  command(program, "validate")
    .description("check environment files; names every fault with its line, and exits with 2 if there is one")
    .argument("[FILE|ENV...]", "files or environments to check (default: all environments)")
    .action((targets: string[], options: Debug) => choose(validate(targets), options.debug === true));
}

function addStatus(program: Command, choose: Choose): void {
  command(program, "status")
    .description("show the nodes of a cluster, its quorum and its faults")
    .argument("<ENV>", "environment of the cluster")
    .option("--json", "print JSON")
    .option("--aws", "ask AWS although a lab is up in this directory")
    .addHelpText(
      "after",
      "\nAsks the cluster's registry, a DynamoDB table; needs credentials that may read it. With a lab up in this\n" +
        "directory and AWS_ENDPOINT_URL not set, it asks the lab.",
    )
    .action((environment: string, options: StatusOptions & Debug) => {
      choose(status(environment, options), options.debug === true);
    });
}

function addWait(program: Command, choose: Choose): void {
  command(program, "wait")
    .description("wait until a swarm is Ready; what `cdktf deploy` runs at its end")
    .requiredOption("--table <name>", "registry table of the cluster (CLUSTER-registry)")
    .requiredOption("--region <region>", "AWS region of the table")
    .requiredOption("--managers <count>", "number of manager slots to wait for", wholeNumber("--managers", 0))
    .option(
      "--pool <name=count>",
      "a worker pool and how many of its workers must be Ready; once per pool",
      (text: string, before: WaitOptions["pool"]) => [...(before ?? []), parsePool(text)],
    )
    .option("--timeout <seconds>", "give up after so many seconds", wholeNumber("--timeout", 0), 900)
    .addHelpText(
      "after",
      "\nOn time-out it says, for every slot and node that is missing, its last state and the log to read.",
    )
    .action((options: WaitOptions & Debug) => choose(wait(options), options.debug === true));
}

function addManagers(program: Command, choose: Choose): void {
  const managers = program
    .command("managers")
    .description("take a manager out of the swarm, or have its instance replaced, while it lives")
    .addHelpText(
      "after",
      "\nThe leader drains the node, demotes it and removes it, one manager at a time, and only while those that are\n" +
        "left keep their quorum. What is asked for is in the registry: it goes on though this command is interrupted.",
    );
  addManagerChange(managers, "retire", 600)
    .description("take the manager of the highest slot out, so that a deploy with fewer slots can remove its instance")
    .option("--cancel", "take back what was asked of this slot; its node joins again")
    .action((environment: string, slot: number, options: ManagersOptions & Debug & { cancel?: boolean }) => {
      const wish = options.cancel === true ? "cancel" : "remove";
      choose(changeManager(environment, slot, wish, options), options.debug === true);
    });
  addManagerChange(managers, "replace", 900)
    .description("have another instance take a slot over, as after a change of its type, image or user data")
    .action((environment: string, slot: number, options: ManagersOptions & Debug) => {
      choose(changeManager(environment, slot, "replace", options), options.debug === true);
    });
}

function addRecover(program: Command, choose: Choose): void {
  command(program, "recover")
    .description("start a swarm that lost its quorum again, from one of its managers")
    .argument("<ENV>", "environment of the cluster")
    .option("--slot <slot>", "the manager to start again from; without it, see who could be", wholeNumber("--slot", 0))
    .option("--yes", "do it, once all is proven")
    .option("--timeout <seconds>", "wait for so many seconds at most", wholeNumber("--timeout", 0), 300)
    .option("--json", "print JSON")
    .option("--aws", "ask AWS although a lab is up in this directory")
    .addHelpText(
      "after",
      "\nStep by step: without --slot it shows the managers, who could carry the swarm on, and how to stop the others.\n" +
        "With --slot it proves, by EC2's word, that no other manager runs; with --yes it has that one start again.\n" +
        "It ends with 0 only when the swarm is ready again. Needs credentials that may call ec2:DescribeInstances.",
    )
    .action((environment: string, options: RecoverOptions & Debug) => {
      choose(recover(environment, options), options.debug === true);
    });
}

function addManagerChange(managers: Command, name: string, timeout: number): Command {
  return command(managers, name)
    .argument("<ENV>", "environment of the cluster")
    .argument("<SLOT>", "number of the manager slot", wholeNumber("SLOT", 0))
    .option("--no-wait", "return as soon as it is asked for")
    .option("--timeout <seconds>", "wait for so many seconds at most", wholeNumber("--timeout", 0), timeout)
    .option("--json", "print JSON")
    .option("--aws", "ask AWS although a lab is up in this directory");
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
    .addHelpText("after", "\nExample:\n  cdktf-swarm lab exec manager-0 -- docker node ls")
    .action((node: string, words: string[], options: Debug) => {
      choose(labExec(node, words[0] === "--" ? words.slice(1) : words), options.debug === true);
    });
  addLabFault(lab, choose);
  command(lab, "env")
    .description("print what a shell needs so that cdktf, terraform and aws talk to the lab")
    .addHelpText("after", '\nExample:\n  eval "$(cdktf-swarm lab env)" && npx cdktf deploy dev')
    .action((options: Debug) => choose(labEnv(), options.debug === true));
  command(lab, "down")
    .description("remove everything the lab made on this machine")
    .action((options: Debug) => choose(labDown(), options.debug === true));
}

/** Options of every command. */
interface Debug {
  readonly debug?: boolean;
}

function command(parent: Command, name: string): Command {
  return parent.command(name).option("--debug", "print the stack of an error");
}

/** By the package's own name, so that it is found from the sources and from the build alike. */
function packageVersion(): string {
  const { version } = createRequire(__filename)("cdktf-swarm/package.json") as { version: string };
  return version;
}
