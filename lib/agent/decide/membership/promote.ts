import { majority } from "../../../registry/quorum";
import type { SlotRecord } from "../../../registry/records";
import type { Action } from "../../model";
import type { LeaderSituation } from "../situation/leader";
import { answersCount } from "../situation/liveness";
import { changingNodes, quorumIn } from "../situation/quorum";
import { managersOf, type RosterEntry, slotOf } from "../situation/roster";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** A node whose instance holds a slot. */
type Candidate = RosterEntry & { readonly slotRecord: SlotRecord };

/** The leader promotes the node of a slot, one at a time, on EC2's word and never on the node's own (P6). */
export function promote(situation: LeaderSituation): Finding | undefined {
  const { nodes, membership } = situation;
  const candidates = promotionCandidates(situation);
  if (candidates.length === 0) return undefined;
  const changing = changingNodes(nodes, membership.generation);
  if (changing.length > 0) {
    return { reasons: [`no promotion while ${changing.map((node) => node.id).join(", ")} changes its role`] };
  }
  const { members, confirming } = quorumIn(situation);
  if (confirming.length + 1 < majority(members + 1)) {
    return { reasons: [`no promotion: ${confirming.length} of ${members} managers answer and have caught up`] };
  }
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const obstacle = obstacleTo(situation, candidate);
    if (obstacle === undefined) return { actions: [promotion(situation, candidate)], reasons };
    reasons.push(`slot ${candidate.slotRecord.slot} is not promoted: ${obstacle}`);
  }
  return { reasons };
}

/** Ready workers that hold a slot and were never promoted: the label says so, and an operator's demotion is kept. */
export function promotionCandidates(situation: Situation): readonly Candidate[] {
  return situation.roster
    .filter((entry): entry is Candidate => {
      const { node, slotRecord } = entry;
      const isWorker = node.role === "worker" && node.manager === undefined && slotOf(node) === undefined;
      return isWorker && node.state === "ready" && slotRecord?.nodeId === node.id && slotRecord.retire === undefined;
    })
    .sort((one, other) => one.slotRecord.slot - other.slotRecord.slot);
}

function obstacleTo(situation: LeaderSituation, { node, slotRecord }: Candidate): string | undefined {
  const { observation, settings, record, nodes } = situation;
  const { slot, instanceId, address } = slotRecord;
  const answer = observation.instances?.value;
  if (answer === undefined || !answersCount(situation)) return observation.instancesError ?? "EC2 has not answered yet";
  const instance = answer.found.find((each) => each.instanceId === instanceId);
  if (instance === undefined) return `EC2 does not know ${instanceId}`;
  if (instance.state !== "running") return `${instanceId} is ${instance.state}`;
  const group = settings.slotGroups?.[slot];
  if (group === undefined || instance.autoScalingGroup !== group) {
    return `${instanceId} is in Auto Scaling group ${instance.autoScalingGroup ?? "none"}, not ${group ?? "that of the slot"}`;
  }
  if (instance.instanceProfile !== settings.managerInstanceProfile) {
    return `${instanceId} has instance profile ${instance.instanceProfile ?? "none"}`;
  }
  if (instance.privateAddress !== node.address || node.address !== address) {
    return `${instanceId} has address ${instance.privateAddress ?? "none"}, the node ${node.address}`;
  }
  const managerOfSlot = record.managers.find((manager) => manager.slot === slot)?.nodeId;
  const predecessor = nodes.find(
    (other) => other.id !== node.id && (slotOf(other) === slot || other.id === managerOfSlot),
  );
  return predecessor === undefined ? undefined : `its predecessor ${predecessor.id} is still there`;
}

function promotion({ observation, membership, roster }: LeaderSituation, entry: Candidate): Action {
  const { node, slotRecord, availabilityZone, labels } = entry;
  const { slot, instanceId } = slotRecord;
  const place: Record<string, string> = { slot: String(slot) };
  if (availabilityZone !== undefined) place["az"] = availabilityZone;
  const detail = {
    kind: "promote",
    slot,
    instanceId,
    address: node.address,
    managers: managersOf(roster),
    nodeId: node.id,
    version: node.version,
    labels: { ...labels, ...place },
    ...membership,
  } as const;
  const { docker, table, instances } = observation;
  const reason = `${instanceId} holds slot ${slot} and is ready`;
  return actionFor(detail, reason, observation, docker, table, instances);
}
