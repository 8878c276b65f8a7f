import { type ClusterTarget, operatorCommand } from "../operator-commands";
import type { ClusterRecord } from "../registry/records";
import { duration, type Looked, MANAGER_SILENT_AFTER, NODE_SILENT_AFTER, silence } from "./evidence";
import { isRetired, managerName, managerSlots } from "./manager-slots";
import type { Quorum } from "./quorum";
import { reportedState } from "./readiness";
import type { NodeRecords } from "./registry-reader";
import { type NodeStatus, nodeName, sightingOf } from "./status-nodes";

/** What faults are found in. */
interface Picture {
  readonly target: ClusterTarget;
  readonly record?: ClusterRecord;
  readonly nodes: readonly NodeStatus[];
  readonly quorum: Quorum;
  readonly looked: Looked;
}

/** What is wrong, in words: the leader's own list first, then what the records show; nothing twice. */
export function statusFaults(picture: Picture): readonly string[] {
  const { record, nodes, looked } = picture;
  const seeded = "the registry has no cluster record: deploy again to seed it";
  return [
    ...new Set([
      ...(record?.summary?.faults ?? []),
      ...(record === undefined ? [seeded] : []),
      ...(record?.phase === "ready" ? swarmFaults(picture) : []),
      ...nodes.flatMap((node) => nodeFaults(node, looked)),
    ]),
  ];
}

/** What goes on on purpose, in words. */
export function statusNotices(
  target: ClusterTarget,
  record: ClusterRecord | undefined,
  records: NodeRecords,
  nodes: readonly NodeStatus[],
): readonly string[] {
  const notices = managerSlots(record, records).flatMap((slot) => {
    const { retire, retireReason } = slot.record ?? {};
    const name = managerName(slot.slot);
    const isShown = nodes.some((node) => node.role === "manager" && node.slot === slot.slot);
    if (retire === undefined || !isShown) return [];
    if (isRetired(slot)) return [`${name} is retired: ${afterRetiring(target, slot.slot)}`];
    const why = retireReason === undefined ? "" : ` (${retireReason})`;
    return [`${name} is being ${retire === "remove" ? "retired" : "replaced"}${why}`];
  });
  const { recovery } = record ?? {};
  if (recovery === undefined) return notices;
  const { slot, instanceId, requestedAt } = recovery;
  return [
    `the swarm is being started again from ${managerName(slot)} (${instanceId}), asked for at ${requestedAt}`,
    ...notices,
  ];
}

/** What comes after a slot has been retired. */
function afterRetiring(target: ClusterTarget, slot: number): string {
  const cancel = operatorCommand.keep(target, slot);
  return `deploy with fewer slots to remove its instance, or take it back with \`${cancel}\``;
}

function swarmFaults({ target, nodes, quorum }: Picture): readonly string[] {
  const faults: string[] = [];
  const { reachable, members, needed, margin } = quorum;
  if (margin < 0) {
    const advice = lossAdvice(target, nodes, quorum);
    faults.push(`quorum is lost: ${reachable} of ${members} managers reachable, ${needed} needed; ${advice}`);
  } else if (margin === 0 && members > 1) {
    faults.push("no manager can be lost: the next one takes the quorum with it");
  }
  if (!nodes.some((node) => node.leader)) faults.push("the swarm has no leader");
  return [...faults, ...nodes.flatMap(outsideFault)];
}

/** A manager that holds a slot and is not in a swarm that is ready: on its way, or hindered. */
function outsideFault(node: NodeStatus): readonly string[] {
  if (node.member || node.role !== "manager" || node.state === "retired") return [];
  return [`${nodeName(node)} is not in the swarm: ${reportedState({ state: node.state, step: node.step })}`];
}

/** Nobody mends a swarm without quorum by himself: what is left to do. */
function lossAdvice(target: ClusterTarget, nodes: readonly NodeStatus[], { members }: Quorum): string {
  if (members > 1) return `if the others do not come back, \`${operatorCommand.recover(target)}\` tells what to do`;
  const only = nodes.find((node) => node.role === "manager" && node.lost !== undefined);
  const state = only?.instanceState;
  if (state === "terminated" || state === "shutting-down" || state === "missing") {
    return "it was the only manager, and the swarm is lost with it: destroy and deploy again, with three managers";
  }
  return `it is the only manager: the swarm waits until ${only?.instanceId ?? "its instance"} is back`;
}

function nodeFaults(node: NodeStatus, looked: Looked): readonly string[] {
  const name = nodeName(node);
  if (node.lost !== undefined) return [`${name} is lost: ${node.lost}`];
  const faults: string[] = [];
  if (node.member && node.state !== "ready") faults.push(`${name} is ${node.state}`);
  else if (node.member && node.role === "manager" && node.reachability !== "reachable") {
    faults.push(`${name} is not reachable by the other managers`);
  }
  if (node.error) faults.push(`${name}: ${node.error}`);
  const silent = silence(sightingOf(node), looked, node.role === "manager" ? MANAGER_SILENT_AFTER : NODE_SILENT_AFTER);
  if (silent !== undefined) faults.push(`${name} has not reported for ${duration(silent)}`);
  return faults;
}
