import type { Command } from "commander";
import { operatorCommand } from "../operator-commands";
import { environmentAndSlot } from "./cluster-choice";
import { type Choose, command, type Debug } from "./command";
import { deploy, plan } from "./commands/deploy";
import { changeManager, type ManagersOptions } from "./commands/managers";
import { type RecoverOptions, recover } from "./commands/recover";
import { type StatusOptions, status } from "./commands/status";
import { parsePool, type WaitOptions, wait } from "./commands/wait";
import { wholeNumber } from "./numbers";

/** More slots than any swarm has managers, and few enough to read one by one. */
const MOST_MANAGERS = 99;

/** Adds the commands about a cluster that is deployed. */
export function addClusterCommands(program: Command, choose: Choose): void {
  addPlan(program, choose);
  addDeploy(program, choose);
  addStatus(program, choose);
  addWait(program, choose);
  addManagers(program, choose);
  addRecover(program, choose);
}

/** A command about one cluster, which an environment names, or `--cluster` and `--region`. */
function clusterCommand(parent: Command, name: string): Command {
  return command(parent, name)
    .option("--cluster <name>", "the cluster's name, instead of ENV: for one that is declared in a stack")
    .option("--region <region>", "its AWS region, beside --cluster (default: AWS_REGION)")
    .option("--json", "print JSON")
    .option("--aws", "ask AWS although a lab is up in this directory");
}

function addPlan(program: Command, choose: Choose): void {
  command(program, "plan")
    .description("run `cdktf diff` with the warnings of the named environments alone")
    .argument("<ENV...>", "environments or stacks to plan, then options for cdktf")
    .usage("[options] <ENV...> [options of cdktf diff]")
    .passThroughOptions()
    .allowUnknownOption()
    .action((words: string[], options: Debug) => choose(plan(words), options.debug === true));
}

function addDeploy(program: Command, choose: Choose): void {
  command(program, "deploy")
    .description("run `cdktf deploy`, and prove that everything was applied; what CI calls")
    .argument("<ENV...>", "environments or stacks to deploy, then options for cdktf")
    .usage("[options] <ENV...> [options of cdktf deploy]")
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText(
      "after",
      "\n`cdktf deploy` ends with 0 also when Terraform was killed. This ends with 0 only when Terraform has nothing left\n" +
        `to apply and the swarm has passed the readiness gate.\n\nExample:\n  ${operatorCommand.deploy("production")} --auto-approve`,
    )
    .action((words: string[], options: Debug) => choose(deploy(words), options.debug === true));
}

function addStatus(program: Command, choose: Choose): void {
  clusterCommand(program, "status")
    .description("show who leads a cluster, its quorum, its faults with what mends them, and its nodes")
    .argument("[ENV]", "environment of the cluster")
    .addHelpText(
      "after",
      "\nAsks the cluster's registry, a DynamoDB table; needs credentials that may read it. EC2 and Auto Scaling are asked\n" +
        "too, and done without where they refuse. With a lab up in this directory and AWS_ENDPOINT_URL not set, it asks\n" +
        "the lab.",
    )
    .action((environment: string | undefined, options: StatusOptions & Debug) => {
      choose(status(environment, options), options.debug === true);
    });
}

function addWait(program: Command, choose: Choose): void {
  clusterCommand(program, "wait")
    .description("wait until a swarm is Ready; what `cdktf deploy` runs at its end")
    .argument("[ENV]", "environment of the cluster, which says how many nodes it must have")
    .option("--table <name>", "its registry table, instead of --cluster (CLUSTER-registry)")
    .option("--managers <count>", "number of manager slots to wait for", wholeNumber("--managers", 0, MOST_MANAGERS))
    .option(
      "--pool <name=count>",
      "a worker pool and how many of its workers must be Ready; once per pool",
      (text: string, before: WaitOptions["pool"]) => [...(before ?? []), parsePool(text)],
    )
    .option("--timeout <seconds>", "give up after so many seconds (default: the environment's, else 900)", timeout())
    .addHelpText(
      "after",
      "\nOn time-out it says, for every slot and node that is missing, its last state and the log to read.",
    )
    .action((environment: string | undefined, options: WaitOptions & Debug) => {
      choose(wait(environment, options), options.debug === true);
    });
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
    .action((words: readonly string[], options: ManagersOptions & Debug & { cancel?: boolean }) => {
      const { environment, slot } = environmentAndSlot(words, options);
      const wish = options.cancel === true ? "cancel" : "remove";
      choose(changeManager(environment, slot, wish, options), options.debug === true);
    });
  addManagerChange(managers, "replace", 900)
    .description("have another instance take a slot over, as after a change of its type, image or user data")
    .action((words: readonly string[], options: ManagersOptions & Debug) => {
      const { environment, slot } = environmentAndSlot(words, options);
      choose(changeManager(environment, slot, "replace", options), options.debug === true);
    });
}

function addManagerChange(managers: Command, name: string, seconds: number): Command {
  return clusterCommand(managers, name)
    .argument("<ENV SLOT...>", "environment of the cluster, and number of the manager slot; beside --cluster the slot")
    .usage("[options] (<ENV> | --cluster NAME --region REGION) <SLOT>")
    .option("--no-wait", "return as soon as it is asked for")
    .option("--timeout <seconds>", "wait for so many seconds at most", timeout(), seconds);
}

function addRecover(program: Command, choose: Choose): void {
  clusterCommand(program, "recover")
    .description("start a swarm that lost its quorum again, from one of its managers")
    .argument("[ENV]", "environment of the cluster")
    .option("--slot <slot>", "the manager to start again from; without it, see who could be", wholeNumber("--slot", 0))
    .option("--yes", "do it, once every check passes")
    .option("--timeout <seconds>", "wait for so many seconds at most", timeout(), 300)
    .addHelpText(
      "after",
      "\nStep by step: without --slot it shows the managers, who could carry the swarm on, and how to stop the others.\n" +
        "With --slot it proves, by EC2's word, that no other manager runs; with --yes it has that one start again.\n" +
        "It ends with 0 only when the swarm is ready again. Needs credentials that may call ec2:DescribeInstances.",
    )
    .action((environment: string | undefined, options: RecoverOptions & Debug) => {
      choose(recover(environment, options), options.debug === true);
    });
}

function timeout(): (text: string) => number {
  return wholeNumber("--timeout", 0);
}
