import type { ClusterTarget } from "../operator-commands";
import { operatorCommand } from "../operator-commands";
import type { ClusterRecord } from "../registry/records";
import { duration, type Looked, silence } from "./evidence";
import type { WantedNodes } from "./group-sizes";
import { LEADERLESS_AFTER, type Leadership } from "./leadership";
import { agentLogHint, type LogPlace, restartEngineHint, silentPoolHint, silentSlotHint } from "./log-hints";
import { managerName } from "./manager-slots";
import { type NodePicture, nodeFaults } from "./node-faults";
import type { PoolStatus } from "./pool-status";
import type { Quorum } from "./quorum";
import type { NodeRecords } from "./registry-reader";
import type { StatusFault } from "./status-fault";
import { type NodeStatus, sightingOf } from "./status-nodes";

/** What faults are found in. */
export interface Picture {
  readonly target: ClusterTarget;
  readonly place: LogPlace;
  readonly record?: ClusterRecord;
  readonly records: NodeRecords;
  readonly nodes: readonly NodeStatus[];
  readonly leader: Leadership;
  readonly quorum: Quorum;
  readonly pools: readonly PoolStatus[];
  /** What Auto Scaling wants, if it was heard. */
  readonly wanted?: WantedNodes;
  readonly looked: Looked;
}

/** What is wrong, the most urgent first: the swarm as a whole, the managers, the workers, what is missing. */
export function statusFaults(picture: Picture): readonly StatusFault[] {
  const { record } = picture;
  if (record === undefined) return [{ text: "the registry has no cluster record: deploy again to seed it" }];
  const leaderless = leaderlessFault(picture);
  const swarm = [quorumFault(picture) ?? leaderless].filter((fault) => fault !== undefined);
  const nodes = nodeFaults(nodePicture(picture, leaderless !== undefined));
  return [...swarm, ...nodes, ...marginFault(picture, nodes), ...missingSlots(picture), ...missingWorkers(picture)];
}

/** What managers say of a swarm that nobody leads is of one cause, and told once. */
function nodePicture(picture: Picture, isLeaderless: boolean): NodePicture {
  const { nodes } = picture;
  if (!isLeaderless) return picture;
  const shared = sharedErrors(nodes);
  return {
    ...picture,
    nodes: nodes.map((node) => (shared.has(node.error ?? "") ? { ...node, error: undefined } : node)),
  };
}

function sharedErrors(nodes: readonly NodeStatus[]): ReadonlySet<string> {
  const errors = nodes.filter(({ slot }) => slot !== undefined).flatMap(({ error }) => error || []);
  return new Set(errors.filter((error, index) => errors.indexOf(error) !== index));
}

function quorumFault({ target, record, nodes, quorum, looked }: Picture): StatusFault | undefined {
  if (record?.phase !== "ready" || quorum.margin >= 0) return undefined;
  const { reachable, members, needed } = quorum;
  const text = `quorum is lost: ${reachable} of ${members} managers reachable, ${needed} needed`;
  if (members > 1) {
    return {
      text: `${text}; a swarm without quorum cannot repair itself: start stopped managers again, else recover it`,
      command: operatorCommand.recover(target),
    };
  }
  const only = nodes.find((node) => node.role === "manager" && node.lost !== undefined);
  const state = only?.instanceId === undefined ? undefined : looked.instances?.get(only.instanceId);
  if (state === "terminated" || state === "shutting-down" || state === "missing") {
    return {
      text: `${text}; it was the only manager, and the swarm is lost with it: destroy and deploy again, with three managers`,
    };
  }
  return {
    text: `${text}; it is the only manager: the swarm waits until ${only?.instanceId ?? "its instance"} is back`,
  };
}

function leaderlessFault(picture: Picture): StatusFault | undefined {
  const { place, nodes, leader, looked } = picture;
  if (leader.state !== "nobody") return undefined;
  const { name, instanceId, heardAt } = leader;
  const last = nodes.find((node) => node.instanceId !== undefined && node.instanceId === instanceId);
  const heard = heardAt === undefined ? "" : `, which last said so ${duration(looked.now - Date.parse(heardAt))} ago`;
  const who = name === undefined ? "" : `; the last leader was ${name}${heard}`;
  const what = "nobody leads the swarm, though managers report: lost nodes are not replaced, and new ones do not join";
  const details = [...sharedErrors(nodes)];
  if (last?.instanceId !== undefined && last.lost === undefined) {
    return { text: `${what}${who}`, details, command: restartEngineHint(place, { instanceId: last.instanceId, name }) };
  }
  const next =
    "where a majority answers, another one leads within two minutes by itself; if not, the log of a manager says why";
  return { text: `${what}${who}; ${next}`, details, command: logOfReporter(picture) };
}

/** The log of a manager that reports, one with an error first. */
function logOfReporter({ place, nodes, looked }: Picture): string | undefined {
  const reporting = nodes.filter(
    (node) =>
      node.slot !== undefined &&
      node.lost === undefined &&
      silence(sightingOf(node), looked, LEADERLESS_AFTER) === undefined,
  );
  const { instanceId, name } = reporting.find(({ error }) => Boolean(error)) ?? reporting[0] ?? {};
  return instanceId === undefined ? undefined : agentLogHint(place, { instanceId, name });
}

/** That no manager may be lost is a fault of its own only while nothing is wrong with one of them. */
function marginFault({ record, quorum }: Picture, faults: readonly StatusFault[]): readonly StatusFault[] {
  const isExplained = faults.some(({ subject }) => subject?.startsWith("manager-"));
  if (record?.phase !== "ready" || quorum.margin !== 0 || quorum.members < 2 || isExplained) return [];
  return [{ text: "no manager can be lost: the next one takes the quorum with it" }];
}

/** A slot whose instance never said a word is in no record. */
function missingSlots({ target, place, nodes, wanted }: Picture): readonly StatusFault[] {
  const missing = (wanted?.slots ?? []).filter((slot) => !nodes.some((node) => node.slot === slot));
  return missing.map((slot) => ({
    subject: managerName(slot),
    text: `${managerName(slot)} is missing: nothing was heard of its instance`,
    command: silentSlotHint(place, target.cluster, slot),
  }));
}

function missingWorkers({ target, place, pools }: Picture): readonly StatusFault[] {
  return pools.flatMap(({ name, desired = 0, there }) => {
    const missing = desired - there;
    if (missing <= 0) return [];
    return [
      {
        subject: `pool ${name}`,
        text: `pool ${name}: ${missing} of ${desired} workers ${missing === 1 ? "is" : "are"} missing: nothing was heard of ${missing === 1 ? "its instance" : "their instances"}`,
        command: silentPoolHint(place, target.cluster, name),
      },
    ];
  });
}
