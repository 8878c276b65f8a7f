import Table from "cli-table3";
import type { LabStatus, LabTimings } from "../lab";
import { type ClusterStatus, type NodeStatus, nodeName } from "../operations";
import type { ClusterTarget } from "../operator-commands";
import { describeFault } from "./fault-lines";
import { plural } from "./output";

/** A cluster's status as a page for a terminal; `names` gives workers the name operators use, by instance id. */
export function formatStatus(status: ClusterStatus, names: ReadonlyMap<string, string> = new Map()): string {
  const { quorum } = status;
  const spare = quorum.margin < 0 ? "lost" : `${quorum.margin} may be lost`;
  const nodes = status.nodes.map((node) => [
    names.get(node.instanceId ?? "") ?? (node.role === "manager" ? nodeName(node) : (node.pool ?? "worker")),
    node.instanceId ?? "?",
    node.address,
    node.az ?? "?",
    stateOf(node),
    roleOf(node),
    node.agentVersion ?? "?",
    node.error ?? (isAtRest(node) ? undefined : node.step) ?? "",
  ]);
  return [
    `${clusterTitle(status)}: ${status.phase}`,
    `quorum: ${plural(quorum.members, "manager")}, ${quorum.reachable} reachable, ${quorum.needed} needed, ${spare}`,
    "",
    status.nodes.length === 0
      ? "no node has reported yet"
      : formatRows(["NODE", "INSTANCE", "ADDRESS", "AZ", "STATE", "ROLE", "AGENT", "DOING"], nodes),
    "",
    ...(status.underWay.length === 0 ? [] : [...formatList("under way", status.underWay), ""]),
    ...formatFaults(status.faults),
  ].join("\n");
}

/** A cluster as a page begins with it. */
export function clusterTitle({ environment, cluster, region }: ClusterTarget): string {
  return environment === undefined
    ? `cluster ${cluster} in ${region}`
    : `environment ${environment}, cluster ${cluster}`;
}

/** What a settled node does its role says already. */
function isAtRest({ agentState, step }: NodeStatus): boolean {
  return agentState === "ready" && (step === undefined || step === "" || step.endsWith(" of the swarm"));
}

/** The lab's status as a page for a terminal. */
export function formatLabStatus(status: LabStatus): string {
  const environment = status.environment === undefined ? "" : `, environment ${status.environment}`;
  const lines = [`lab: ${status.state}${environment}`];
  if (status.endpoint !== undefined) lines.push(`AWS API: ${status.endpoint}`);
  if (status.engine !== undefined) {
    lines.push(`engine: ${status.engine.socket} (${status.engine.own ? "started by the lab" : "yours"})`);
  }
  if (status.timings !== undefined) lines.push(`timings: ${describeTimings(status.timings)}`);
  if (status.state !== "down") lines.push(`logs: ${status.logDirectory}`);
  if (status.hosts.length > 0) {
    const rows = status.hosts.map((host) => [
      host.name,
      host.instanceId,
      host.address,
      host.availabilityZone,
      host.state,
      host.containerState,
    ]);
    lines.push("", formatRows(["HOST", "INSTANCE", "ADDRESS", "AZ", "STATE", "CONTAINER"], rows));
  }
  if (status.injectedFaults.length > 0)
    lines.push("", "broken on purpose:", ...status.injectedFaults.map((fault) => `- ${describeFault(fault)}`));
  if (status.state !== "down") lines.push("", ...formatFaults(status.faults));
  return lines.join("\n");
}

/** What is always the same needs no seed. */
function describeTimings({ profile, seed }: LabTimings): string {
  return profile === "quick" ? profile : `${profile}, seed ${seed}`;
}

/** Rows under a head, in columns, without borders: easy to read, and easy to take apart with awk. */
export function formatRows(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A column nobody has anything to say in is only width.
  const used = head.map((_, column) => rows.some((row) => row[column] !== ""));
  const keep = (row: readonly string[]): string[] => row.filter((_, column) => used[column]);
  const table = new Table({
    head: keep(head),
    chars: {
      ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
      ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
      ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
    },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map(keep));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function formatFaults(faults: readonly string[]): readonly string[] {
  return faults.length === 0 ? ["faults: none"] : formatList("faults", faults);
}

function formatList(title: string, items: readonly string[]): readonly string[] {
  return [`${title}:`, ...items.map((item) => `- ${item}`)];
}

function stateOf({ state, availability }: NodeStatus): string {
  return availability === undefined || availability === "active" ? state : `${state}, ${availability}`;
}

function roleOf(node: NodeStatus): string {
  if (!node.member) return `${node.role}, not joined`;
  if (node.leader) return "leader";
  return node.role === "manager" ? `manager, ${node.reachability ?? "unknown"}` : node.role;
}
