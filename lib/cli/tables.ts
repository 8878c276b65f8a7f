import Table from "cli-table3";
import type { LabStatus, LabTimings } from "../lab";
import type { ClusterStatus, Leadership, NodeStatus, PoolStatus, Quorum, StatusFault } from "../operations";
import type { ClusterTarget } from "../operator-commands";
import { describeFault } from "./fault-lines";
import { plural } from "./output";

/** A cluster's status as a page for a terminal, the most urgent first. */
export function formatStatus(status: ClusterStatus): string {
  const nodes = status.nodes.map((node) => [
    node.name,
    node.instanceId ?? "?",
    node.address === "" ? "?" : node.address,
    node.az ?? "?",
    stateOf(node),
    roleOf(node),
    node.agentVersion ?? "?",
    node.error || (isAtRest(node) ? undefined : node.step) || "",
  ]);
  return [
    `${clusterTitle(status)}: ${status.phase}`,
    ...leaderLines(status.leader),
    quorumLine(status.quorum),
    ...poolLines(status.pools),
    "",
    ...faultLines(status.faults),
    "",
    ...(status.underWay.length === 0 ? [] : [...formatList("under way", status.underWay), ""]),
    status.nodes.length === 0
      ? "no node has reported yet"
      : formatRows(["NODE", "INSTANCE", "ADDRESS", "AZ", "STATE", "ROLE", "AGENT", "DOING"], nodes),
  ].join("\n");
}

function leaderLines({ state, name, instanceId, since, heardAt }: Leadership): readonly string[] {
  if (state === "unknown") return [];
  if (state === "nobody") return ["leader: NONE"];
  const instance = instanceId === undefined ? "" : ` (${instanceId})`;
  const times = [
    since === undefined ? "" : `, since ${since}`,
    heardAt === undefined ? "" : `, last heard of at ${heardAt}`,
  ];
  return [`leader: ${name ?? "?"}${instance}${times.join("")}`];
}

function quorumLine({ members, reachable, needed, margin }: Quorum): string {
  const spare = margin < 0 ? "LOST" : `${margin} may be lost`;
  return `quorum: ${plural(members, "manager")}, ${reachable} reachable, ${needed} needed, ${spare}`;
}

function poolLines(pools: readonly PoolStatus[]): readonly string[] {
  if (pools.length === 0) return [];
  const counts = pools.map(({ name, desired, ready }) =>
    desired === undefined ? `${name} ${ready} Ready` : `${name} ${ready} of ${desired} Ready`,
  );
  return [`workers: ${counts.join(", ")}`];
}

function faultLines(faults: readonly StatusFault[]): readonly string[] {
  if (faults.length === 0) return ["faults: none"];
  return [
    "faults:",
    ...faults.flatMap(({ text, details = [], command }) => [
      `- ${text}`,
      ...details.map((detail) => `    ${detail}`),
      ...(command === undefined ? [] : [`    if it stays so: ${command}`]),
    ]),
  ];
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
  if (node.removed === true) return `${node.role}, removed`;
  if (!node.member) return `${node.role}, not joined`;
  if (node.leader) return "leader";
  if (node.role === "worker" && node.slot !== undefined) return "worker, to be promoted";
  return node.role === "manager" ? `manager, ${node.reachability ?? "unknown"}` : node.role;
}
