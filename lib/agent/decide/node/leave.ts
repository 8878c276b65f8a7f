import type { LeaveGround } from "../../model";
import { unpublishedSwarm } from "../forming/publish";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** For how long a node without a certificate waits for the manager it asked before it asks another one. */
export const PENDING_LIMIT = 60_000;
/** For how long a terminating worker waits for its tasks to go. */
export const DRAIN_LIMIT = 240_000;

/** A node leaves on proof only; that it is pending, in error or locked proves nothing (P9). */
export function leave(situation: Situation): Finding | undefined {
  const { docker, observation, localClusterId } = situation;
  if (docker === undefined || docker.status.state === "inactive" || observation.busy !== undefined) return undefined;
  const found = groundsToLeave(situation);
  if (found === undefined) return undefined;
  const [ground, reason] = found;
  const nodeId = docker.status.nodeId ?? observation.markers.member?.nodeId;
  const detail = { kind: "leave", ground, clusterId: localClusterId, nodeId } as const;
  return {
    report: { state: "leaving", step: "leaving its swarm", error: reason },
    actions: [
      actionFor(detail, reason, observation, observation.docker, observation.cluster, factOf(ground, situation)),
    ],
  };
}

function groundsToLeave(situation: Situation): readonly [LeaveGround, string] | undefined {
  const { record, localClusterId, observation } = situation;
  if (isRemoved(situation)) return ["removed", "the leader removed this node"];
  if (localClusterId !== undefined && record?.abandoned.includes(localClusterId)) {
    return ["abandoned", `cluster ${localClusterId} was abandoned before it was ready`];
  }
  const published = record?.phase === "forming" || record?.phase === "ready";
  if (published && record.clusterId !== undefined && unpublishedSwarm(situation) !== undefined) {
    return ["unpublished", `cluster ${record.clusterId} was published, this node's own never was`];
  }
  if (neverConnected(situation))
    return ["no certificate", "the manager it asked gave no certificate within 60 seconds"];
  if (observation.terminating && mayLeaveToTerminate(situation)) return ["terminating", "the instance terminates"];
  return undefined;
}

function isRemoved({ observation, localClusterId, docker }: Situation): boolean {
  const tombstone = observation.tombstone?.value;
  const nodeId = docker?.status.nodeId ?? observation.markers.member?.nodeId;
  return (
    tombstone?.state === "removed" &&
    nodeId !== undefined &&
    tombstone.nodeId === nodeId &&
    tombstone.clusterId === localClusterId
  );
}

function neverConnected({ observation, memory }: Situation): boolean {
  if (observation.hasCertificate || observation.markers.member?.nodeId !== undefined) return false;
  return memory.stuckSince !== undefined && observation.now - memory.stuckSince >= PENDING_LIMIT;
}

/** A terminating worker leaves once it was drained and its tasks are gone, or time is up. */
function mayLeaveToTerminate({ settings, record, observation, memory, docker }: Situation): boolean {
  if (settings.role !== "worker") return false;
  const since = memory.terminatingSince ?? observation.now;
  if (observation.now - since >= DRAIN_LIMIT) return true;
  const own = record?.summary?.members.find((member) => member.nodeId === docker?.status.nodeId);
  return own?.availability === "drain" && observation.runningContainers === 0;
}

function factOf(ground: LeaveGround, { observation }: Situation) {
  return ground === "removed" ? observation.tombstone : observation.docker;
}
