import { majority } from "../../../registry/quorum";
import type { LeaderSituation } from "../situation/leader";
import { quorumOf } from "../situation/quorum";
import { actionFor, type Finding } from "../situation/situation";

/** Managers that must answer before workers may join: three, or as many as there are slots. */
const READY_MANAGERS = 3;

/** The leader declares a forming cluster ready once enough managers answer; the write it takes proves quorum (P5). */
export function declareReady(situation: LeaderSituation): Finding | undefined {
  const { membership, record, docker, nodes, observation, settings } = situation;
  const { nodeId } = docker.status;
  if (record.phase !== "forming" || nodeId === undefined) return undefined;
  const { members, reachable } = quorumOf(nodes);
  const wanted = Math.min(settings.slots, READY_MANAGERS);
  if (reachable < wanted || reachable < majority(members)) {
    return { report: { step: `waiting for managers: ${reachable} of ${wanted} answer` } };
  }
  const detail = { kind: "declare-ready", nodeId, ...membership } as const;
  return {
    actions: [actionFor(detail, `${reachable} managers answer`, observation, observation.docker, observation.cluster)],
  };
}

/** The leader keeps the stored worker token the swarm's own; a rotation shows in the swarm's version (P4). */
export function publishToken({ membership, record, docker, observation }: LeaderSituation): Finding | undefined {
  const version = docker.swarm?.version;
  if (version === undefined || version <= (record.tokenIndex ?? -1)) return undefined;
  const detail = { kind: "publish-token", version, ...membership } as const;
  const reason = `the swarm is at version ${version}, the stored token at ${record.tokenIndex ?? "none"}`;
  return { actions: [actionFor(detail, reason, observation, observation.docker, observation.cluster)] };
}
