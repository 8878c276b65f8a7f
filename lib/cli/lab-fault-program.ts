import { Argument, type Command } from "commander";
import type { FaultRequest } from "../lab";
import type { Choose } from "./command";
import { type FaultOptions, hostChoice, labFault, labFaultList, partitionRequest } from "./commands/lab-fault";
import { UsageError } from "./failure";
import { wholeNumber } from "./numbers";

interface Options extends FaultOptions {
  readonly debug?: boolean;
  readonly for?: number;
}

/** Adds `fault KIND …` to the commands of the lab. */
export function addLabFault(lab: Command, choose: Choose): void {
  const fault = lab
    .command("fault")
    .description("break the lab on purpose, and mend it")
    .addHelpText(
      "after",
      "\nNODE is manager-SLOT, POOL-NUMBER or an instance id, as `lab status` shows them. What lasts is shown by\n" +
        "`lab fault list` and by `lab status`, and ended by `lab fault clear`.",
    );
  const choosing = (request: FaultRequest, options: Options): void =>
    choose(labFault(request, options), options.debug === true);

  for (const { kind, description } of HOST_KINDS)
    onHosts(fault, kind, description).action((nodes: string[], options: Options) => {
      choosing({ kind, hosts: hostChoice(nodes, options) }, options);
    });
  for (const { kind, description } of TIMED_KINDS)
    timed(onHosts(fault, kind, description)).action((nodes: string[], options: Options) => {
      choosing({ kind, hosts: hostChoice(nodes, options), seconds: options.for }, options);
    });
  timed(kindOf(fault, "partition"))
    .description("cut hosts off from all others; those that are cut off together still reach each other")
    .argument("[NODE...]", "hosts to cut off")
    .option("--az <zone>", "cut off every host of an availability zone, also one that comes later")
    .option("--keep-api", "leave them the metadata service, the resolver and the AWS API")
    .action((nodes: string[], options: Options & { az?: string; keepApi?: boolean }) => {
      choosing(partitionRequest(nodes, options), options);
    });
  timed(onHosts(fault, "slow", "let every packet that hosts send leave late"))
    .requiredOption("--milliseconds <ms>", "how late; 0 ends it", wholeNumber("--milliseconds", 0))
    .action((nodes: string[], options: Options & { milliseconds: number }) => {
      const { milliseconds, for: seconds } = options;
      choosing({ kind: "slow", hosts: hostChoice(nodes, options), milliseconds, seconds }, options);
    });
  timed(onHosts(fault, "clock", "let the wall clock of hosts jump, for what runs on them and what starts on them"))
    .requiredOption("--seconds <seconds>", "how far ahead of this machine's; negative for behind, 0 ends it", offset)
    .addHelpText(
      "after",
      "\nIt jumps for the processes of a host, those of its containers included, also for one that starts later, within a\n" +
        "second. So `lab exec NODE -- date` has ended before, and tells the old time; ask a process that stays:\n" +
        "  lab exec NODE -- bash -c 'sleep 2; printf \"%(%F %T)T\\n\"'\n" +
        "What the kernel itself does by its clock, like the times of files, stays as it is. x86-64 only.",
    )
    .action((nodes: string[], options: Options & { seconds: number }) => {
      const { seconds: offsetSeconds, for: seconds } = options;
      choosing({ kind: "clock", hosts: hostChoice(nodes, options), offsetSeconds, seconds }, options);
    });
  onHosts(fault, "disk", "fill the disk that the swarm state of hosts is on")
    .option("--free", "make room on it again")
    .option("--prepare", "only give them such a disk, for which their dockerd starts again once")
    .addHelpText(
      "after",
      "\nThe first time, dockerd is stopped, its swarm state moved to a disk of 200 MB, and dockerd started. The disk\n" +
        "stays, across reboots too; --free, or `lab fault clear`, makes room and does not touch dockerd.",
    )
    .action((nodes: string[], options: Options & { free?: boolean; prepare?: boolean }) => {
      const disk = options.free === true ? "free" : options.prepare === true ? "small" : "full";
      choosing({ kind: "disk", hosts: hostChoice(nodes, options), disk }, options);
    });
  addAwsKinds(fault, choosing);
  for (const { kind, description } of ENDING_KINDS)
    kindOf(fault, kind)
      .description(description)
      .action((options: Options) => choosing({ kind }, options));
  kindOf(fault, "list")
    .description("show what is broken on purpose")
    .action((options: Options) => choose(labFaultList(options), options.debug === true));
}

/** What AWS does on its own. */
function addAwsKinds(fault: Command, choosing: (request: FaultRequest, options: Options) => void): void {
  kindOf(fault, "status-checks")
    .description("let the status checks of an instance fail, or pass again")
    .argument("<NODE>", "host of the instance")
    .addArgument(new Argument("<CHECKS>", "what EC2 says from now on").choices(["ok", "impaired"]))
    .action((node: string, checks: "ok" | "impaired", options: Options) => {
      choosing({ kind: "status-checks", hosts: [node], checks }, options);
    });
  onHosts(fault, "spot", "announce to instances that EC2 takes them back, and do so")
    .option("--seconds <seconds>", "until they are terminated", wholeNumber("--seconds", 1), 120)
    .action((nodes: string[], options: Options & { seconds: number }) => {
      choosing({ kind: "spot", hosts: hostChoice(nodes, options), seconds: options.seconds }, options);
    });
  kindOf(fault, "api")
    .description("let the AWS API fail its callers")
    .argument("<SERVICE>", "ec2, autoscaling, dynamodb, secretsmanager or all")
    .argument("<MODE>", "error, throttle, down, slow, unanswered, empty, partial; or well, which ends the others")
    .option("--node <node>", "only for this host (default: for all of them)")
    .option("--action <action>", "only for this action, like DescribeInstances")
    .option("--milliseconds <ms>", "how long a slow request waits", wholeNumber("--milliseconds", 1))
    .option("--share <share>", "part of the requests that it hits, at random: 0.5 is every other one", share)
    .option("--everyone", "also for Terraform and for operators")
    .addHelpText(
      "after",
      "\nempty and partial are answers of DescribeInstances and DescribeInstanceStatus: no instance, or only the asker's\n" +
        "own. unanswered does what was asked, and loses the answer.",
    )
    .action((service: string, mode: string, options: ApiOptions) => {
      const { node, action, milliseconds, share, everyone } = options;
      choosing({ kind: "api", service, mode, host: node, action, milliseconds, share, everyone }, options);
    });
}

interface ApiOptions extends Options {
  readonly node?: string;
  readonly action?: string;
  readonly milliseconds?: number;
  readonly share?: number;
  readonly everyone?: boolean;
}

const HOST_KINDS = [
  { kind: "start", description: "boot hosts that were killed, stopped, or ended on their own" },
  { kind: "stop", description: "stop instances through EC2: they keep disk and address; `start` boots them again" },
  { kind: "terminate", description: "terminate instances through EC2: their disks are lost" },
  { kind: "replace", description: "terminate instances through Auto Scaling, which launches others in their place" },
  { kind: "resume", description: "thaw hosts that were frozen" },
] as const;

const TIMED_KINDS = [
  { kind: "kill", description: "end hosts at once, like a pulled plug; EC2 goes on calling them running" },
  { kind: "pause", description: "freeze every process of hosts" },
] as const;

const ENDING_KINDS = [
  { kind: "heal", description: "end all partitions" },
  { kind: "clear", description: "end everything that is on, and bring every host back" },
] as const;

function kindOf(parent: Command, name: string): Command {
  return parent.command(name).option("--json", "print JSON").option("--debug", "print the stack of an error");
}

function onHosts(parent: Command, name: string, description: string): Command {
  return kindOf(parent, name)
    .description(description)
    .argument("[NODE...]", "hosts to do it to")
    .option("--all", "do it to every host it can be done to");
}

function offset(text: string): number {
  if (/^[-+]?\d{1,10}$/.test(text)) return Number(text);
  throw new UsageError(`--seconds ${text}: write a whole number, like 3600 or -90`);
}

function share(text: string): number {
  if (/^(0?\.\d+|1(\.0+)?)$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--share ${text}: write a number above 0 and up to 1, like 0.5`);
}

function timed(command: Command): Command {
  return command.option("--for <seconds>", "end it after so many seconds", wholeNumber("--for", 1));
}
