import { OperationError } from "../errors";
import { type ClusterTarget, operatorCommand } from "../operator-commands";
import type { ClusterRecord, MemberSummary } from "../registry/records";
import { LEADERLESS_AFTER } from "./leadership";
import { managerName } from "./manager-slots";
import { quorumOf } from "./quorum";
import { assessSlot, type ReadinessLine, type ReadinessReport, reportedState } from "./readiness";
import type { RetirementWish } from "./retirement";
import type { SlotLook } from "./slot-look";

/** A slot and what was asked of it, while this instance held it. */
export interface RetiringSlot {
  readonly slot: number;
  readonly wish: RetirementWish;
  readonly instanceId: string;
}

/**
 * How far a request is, as a report to show: done when it is ready.
 * @throws OperationError `TakenBack` if somebody did
 */
export function assessRetirement(subject: RetiringSlot, look: SlotLook, now: number): ReadinessReport {
  const lines = [swarmLine(look, now), slotLine(subject, look)];
  const missing = lines.filter((line) => !line.ready);
  return { ready: missing.length === 0, lines, reasons: missing.map((line) => `${line.subject}: ${line.text}`) };
}

function swarmLine({ cluster, problem }: SlotLook, now: number): ReadinessLine {
  const line = (ready: boolean, text: string): ReadinessLine => ({ subject: "swarm", ready, text });
  if (problem !== undefined) return line(false, problem);
  const { members, reachable, needed } = quorumOf(cluster?.summary?.members ?? []);
  const managers = `${reachable} of ${members} managers reachable, ${needed} needed`;
  const leaderless = whyNobodyLeads(cluster, now);
  if (leaderless !== undefined) return line(false, `${managers}; ${leaderless}: the request waits for a leader`);
  return line(reachable >= needed, managers);
}

/** The view goes on naming a leader that writes no more; how old its last word is tells that. */
function whyNobodyLeads(cluster: ClusterRecord | undefined, now: number): string | undefined {
  if (cluster?.summary?.members.some((member) => member.leader === true) !== true) return "no manager leads";
  const at = cluster.lead?.at;
  return at === undefined || now - Date.parse(at) <= LEADERLESS_AFTER ? undefined : `no manager has led since ${at}`;
}

function slotLine({ slot, wish, instanceId }: RetiringSlot, { cluster, record }: SlotLook): ReadinessLine {
  const line = (ready: boolean, text: string): ReadinessLine => ({ subject: `slot ${slot}`, ready, text });
  const isHeldStill = record?.instanceId === instanceId;
  if (wish === "cancel") return assessSlot(slot, { cluster, slots: record === undefined ? [] : [record] });
  if (isHeldStill && record.retire !== wish) {
    throw new OperationError("TakenBack", `what was asked of ${managerName(slot)} has been taken back by somebody`);
  }
  const members = (cluster?.summary?.members ?? []).filter((member) => member.slot === slot);
  const leaving = members.find((member) => member.instanceId === instanceId || isHeldStill);
  if (leaving !== undefined) return line(false, `${instanceId} ${wayOut(leaving)}`);
  if (wish === "remove") return line(true, `${instanceId} is out of the swarm`);
  if (record === undefined || isHeldStill) {
    return line(false, `${instanceId} is out of the swarm, waiting for Auto Scaling to replace it`);
  }
  const successor = assessSlot(slot, { cluster, slots: [record] });
  const text = successor.ready ? successor.text : `${record.instanceId} ${reportedState(record)}`;
  return line(successor.ready, text);
}

/** Where on its way out of the swarm a node is. */
function wayOut({ role, availability, state }: MemberSummary): string {
  if (role === "worker") return "is demoted, waiting to be removed";
  if (state !== "ready") return `is ${state}, waiting to be demoted`;
  return availability === "drain" ? "is drained, its tasks move" : "is in the swarm, waiting for the leader";
}

/** Numbers of managers that an environment can have, largest first: an even one bears no more losses than one less. */
const ODD_COUNTS = [7, 5, 3, 1];

/** What comes after a request is done; `managers` are the members of Raft that are left. */
export function nextSteps(
  target: ClusterTarget,
  wish: RetirementWish,
  managers: readonly MemberSummary[],
): readonly string[] {
  if (wish !== "remove") return [];
  const count = managers.length;
  const highest = Math.max(...managers.map((member) => member.slot ?? 0));
  if (!ODD_COUNTS.includes(count)) {
    return [`${count} managers bear no more losses than ${count - 1}: \`${operatorCommand.retire(target, highest)}\``];
  }
  const { environment, cluster } = target;
  if (environment === undefined) return [`give the managers of ${cluster} a count of ${count}, and deploy its stack`];
  return [
    `set managers.count to ${count} in stacks/environments/${environment}.yaml, and \`npx cdktf deploy ${environment}\``,
  ];
}
