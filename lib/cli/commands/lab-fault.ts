import type { FaultRequest, FaultyHost, HostChoice } from "../../lab";
import { labCommand } from "../../operator-commands";
import type { Action, CliContext } from "../context";
import { UsageError } from "../failure";
import { describeFault } from "../fault-lines";

/** Options of the fault commands. */
export interface FaultOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** What has been done then, to hosts unless there are none. */
const DONE = {
  kill: "killed",
  start: "started",
  stop: "stopped",
  pause: "frozen",
  resume: "thawed",
  terminate: "terminated",
  replace: "terminated, to be replaced",
  partition: "cut off",
  slow: "network set",
  clock: "clock set",
  "status-checks": "status checks set",
  spot: "told of its end",
  disk: "disk set",
  api: "the AWS API is as asked",
  heal: "healed",
  clear: "cleared",
} as const satisfies Record<FaultRequest["kind"], string>;

/** `cdktf-swarm lab fault KIND …`: breaks something in the lab, or mends it. */
export function labFault(request: FaultRequest, options: FaultOptions): Action {
  return async (context) => {
    const lab = await context.lab();
    const { hosts, faults } = await lab.labFault({ projectDirectory: context.cwd, request });
    if (options.json === true) context.output.json({ hosts, faults });
    else {
      context.output.result(whatWasDone(request.kind, hosts));
      sayWhatIsOn(context, faults.map(describeFault));
    }
    return 0;
  };
}

/** `cdktf-swarm lab fault list`: what is broken on purpose. */
export function labFaultList(options: FaultOptions): Action {
  return async (context) => {
    const lab = await context.lab();
    const faults = await lab.labFaults({ projectDirectory: context.cwd });
    if (options.json === true) context.output.json(faults);
    else context.output.result(faults.length === 0 ? "no faults are on" : faults.map(describeFault).join("\n"));
    return 0;
  };
}

/** The hosts that a command names: some, or all. */
export function hostChoice(nodes: readonly string[], { all }: FaultOptions): HostChoice {
  if (all === true && nodes.length === 0) return "all";
  if (all === true) throw new UsageError(`--all and ${nodes.join(" ")}: write one of them`);
  if (nodes.length === 0)
    throw new UsageError(`which host? Write its name, as \`${labCommand.status}\` shows it, or --all`);
  return nodes;
}

/** The hosts that a partition cuts off: some, a zone's, or both. */
export function partitionRequest(
  nodes: readonly string[],
  { az, keepApi, for: seconds }: { readonly az?: string; readonly keepApi?: boolean; readonly for?: number },
): FaultRequest {
  if (nodes.length === 0 && az === undefined)
    throw new UsageError(`which hosts? Write their names, as \`${labCommand.status}\` shows them, or --az ZONE`);
  return { kind: "partition", hosts: nodes, availabilityZone: az, keepApi: keepApi === true, seconds };
}

function whatWasDone(kind: FaultRequest["kind"], hosts: readonly FaultyHost[]): string {
  if (hosts.length > 0) return `${DONE[kind]}: ${hosts.map(({ host }) => host).join(", ")}`;
  return kind === "heal" || kind === "clear" || kind === "api"
    ? DONE[kind]
    : `nothing to do: no such host could be ${DONE[kind]}`;
}

function sayWhatIsOn({ output }: CliContext, faults: readonly string[]): void {
  for (const fault of faults) output.note(`on now: ${fault}`, "quiet");
}
