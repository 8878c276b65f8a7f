import type { ClusterTarget } from "../operator-commands";
import { operatorCommand } from "../operator-commands";
import type { ClusterRecord } from "../registry/records";
import { duration, type Looked, MANAGER_SILENT_AFTER, NODE_SILENT_AFTER, silence } from "./evidence";
import { type LogPlace, replaceWorkerHint } from "./log-hints";
import type { Quorum } from "./quorum";
import { reportedState } from "./readiness";
import type { NodeRecords } from "./registry-reader";
import { decideRetirement } from "./retirement";
import type { StatusFault } from "./status-fault";
import { isNameless, type NodeStatus, sightingOf } from "./status-nodes";

/** What the faults of nodes are found in. */
export interface NodePicture {
  readonly target: ClusterTarget;
  readonly place: LogPlace;
  readonly record?: ClusterRecord;
  readonly records: NodeRecords;
  readonly nodes: readonly NodeStatus[];
  readonly quorum: Quorum;
  readonly looked: Looked;
}

/** What is wrong with nodes, one fault a node or slot, with the leader's words beside the fault they are about. */
export function nodeFaults(picture: NodePicture): readonly StatusFault[] {
  const { record, nodes } = picture;
  const own = nodes.flatMap((node) => faultOf(node, picture) ?? []);
  const faults = new Map<string, StatusFault>();
  for (const fault of own) {
    const before = faults.get(fault.subject);
    faults.set(fault.subject, before === undefined ? fault : withDetail(before, fault.text, fault.command));
  }
  const others: StatusFault[] = [];
  for (const text of record?.summary?.faults ?? []) {
    const subject = nodes.find((node) => isAbout(text, node))?.name;
    const before = subject === undefined ? undefined : faults.get(subject);
    if (subject !== undefined && before !== undefined) faults.set(subject, withDetail(before, text));
    else others.push({ subject, text, command: commandFor(text, subject, picture) });
  }
  return [...faults.values(), ...neverCame(nodes), ...others];
}

function withDetail(fault: StatusFault, text: string, command?: string): StatusFault {
  const details = fault.details ?? [];
  const isNew = text !== fault.text && !details.includes(text);
  return { ...fault, details: isNew ? [...details, text] : details, command: fault.command ?? command };
}

/** Whether the leader's words are about a node: they name its id, its instance, its slot or itself. */
function isAbout(text: string, { nodeId, instanceId, slot, name }: NodeStatus): boolean {
  const names = [nodeId, instanceId, name, slot === undefined ? undefined : `slot ${slot}`];
  return names.some(
    (each) => each !== undefined && new RegExp(`(?<![\\w.-])${escaped(each)}(?![\\w.-]*\\w)`).test(text),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Node objects that were made for joins which came to nothing. */
function neverCame(nodes: readonly NodeStatus[]): readonly StatusFault[] {
  const ids = nodes.filter(isNameless).map(({ nodeId }) => nodeId);
  if (ids.length === 0) return [];
  const [who, them] = ids.length === 1 ? ["1 node was", "it"] : [`${ids.length} nodes were`, "them"];
  return [{ text: `${who} admitted and never came (${ids.join(", ")}): the leader removes ${them} in time` }];
}

type NodeFault = StatusFault & { readonly subject: string };

function faultOf(node: NodeStatus, picture: NodePicture): NodeFault | undefined {
  if (isNameless(node)) return undefined;
  const { name } = node;
  const limit = node.role === "manager" ? MANAGER_SILENT_AFTER : NODE_SILENT_AFTER;
  const silent = node.lost === undefined ? silence(sightingOf(node), picture.looked, limit) : undefined;
  const state = stateFault(node, picture);
  const words = [
    state === undefined ? undefined : `${name} ${state}`,
    node.error && node.lost === undefined ? (state === undefined ? `${name}: ${node.error}` : node.error) : undefined,
  ].filter((each) => each !== undefined);
  const quiet = silent === undefined ? undefined : `has not reported for ${duration(silent)}`;
  if (words.length === 0 && quiet === undefined) return undefined;
  const text = words.length === 0 ? `${name} ${quiet}` : [words.join(": "), quiet].filter(Boolean).join("; it ");
  return { subject: name, text, command: commandOf(node, picture) };
}

/** What is wrong with the state of a node, after its name. */
function stateFault(node: NodeStatus, { record }: NodePicture): string | undefined {
  if (node.lost !== undefined) return `is lost: ${node.lost}`;
  if (node.removed === true) return "runs, and the swarm has no such node any more: it was removed by force";
  if (node.member && node.state !== "ready") return `is ${node.state}`;
  if (node.member && node.role === "manager" && node.reachability !== "reachable") {
    return "is not reachable by the other managers";
  }
  const isOutside = !node.member && node.role === "manager" && node.state !== "retired";
  if (!isOutside || record?.phase !== "ready") return undefined;
  return `is not in the swarm: ${reportedState({ state: node.state, step: node.step })}`;
}

/** What mends a node: another instance in its place, where that is allowed now. */
function commandOf(node: NodeStatus, picture: NodePicture): string | undefined {
  const { place } = picture;
  if (isBeingReplaced(node)) return undefined;
  const isOnItsWay = !node.member && node.removed !== true && !node.error && node.state !== "failed";
  if (node.slot !== undefined) return isOnItsWay ? undefined : replaceCommand(node.slot, picture);
  if (node.instanceId === undefined || isOnItsWay) return undefined;
  return replaceWorkerHint(place, { instanceId: node.instanceId, name: node.name });
}

/** An instance that is dead the leader has replaced by itself. */
function isBeingReplaced({ instanceState }: NodeStatus): boolean {
  return instanceState === "terminated" || instanceState === "shutting-down" || instanceState === "missing";
}

/** `managers replace`, if it would not be refused. */
function replaceCommand(slot: number, { target, record, records, looked }: NodePicture): string | undefined {
  const decision = decideRetirement({ target, slot, wish: "replace", cluster: record, records, now: looked.now });
  return decision.kind === "write" ? operatorCommand.replace(target, slot) : undefined;
}

/** What mends a fault that only the leader sees. */
function commandFor(text: string, subject: string | undefined, picture: NodePicture): string | undefined {
  const slot = picture.nodes.find(({ name }) => name === subject)?.slot;
  return slot !== undefined && /not promoted|failed|is down/.test(text) ? replaceCommand(slot, picture) : undefined;
}
