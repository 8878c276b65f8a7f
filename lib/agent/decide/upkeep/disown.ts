import type { OwnedNodeRecord } from "../../../registry/records";

import type { LeaderSituation } from "../situation/leader";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** Time after which a node that does not report any more is not waited for. */
export const SILENT_AFTER = 180_000;
/** For how long the leader must miss a node that reports: who has just joined may be younger than its list. */
const MISSED_FOR = 30_000;

/**
 * Nodes that report, and that the swarm does not list: somebody removed them by force while they were up, of which their
 * dockerds may never hear. The leader says so by a tombstone, which is their ground to leave and join again (P9).
 */
export function disown(situation: LeaderSituation): Finding {
  const { membership, observation, memory } = situation;
  const orphans = orphansOf(situation).filter((orphan) => !isGone(situation, orphan));
  const reasons = orphans.map(
    (orphan) =>
      `node ${orphan.nodeId} of ${orphan.instanceId} is up, and the swarm does not list it: it has to join again`,
  );
  const missed = orphans.find(
    (orphan) => observation.now - (memory.missedSince[orphan.nodeId] ?? observation.now) >= MISSED_FOR,
  );
  if (missed === undefined) return { reasons };
  const detail = { kind: "disown", nodeId: missed.nodeId, ...membership } as const;
  const reason = `node ${missed.nodeId} was removed by force`;
  return { actions: [actionFor(detail, reason, observation, observation.docker, observation.table)], reasons };
}

/** Records of nodes that were heard of lately and are in no list of the swarm. */
export function orphansOf({
  observation,
  docker,
}: Situation): readonly (OwnedNodeRecord & { readonly nodeId: string })[] {
  if (docker?.nodes === undefined) return [];
  const listed = new Set(docker.nodes.map(({ id }) => id));
  const isOrphan = (record: OwnedNodeRecord): record is OwnedNodeRecord & { readonly nodeId: string } =>
    record.nodeId !== undefined &&
    !listed.has(record.nodeId) &&
    observation.wallTime - Date.parse(record.updatedAt) < SILENT_AFTER;
  return (observation.table?.value.nodes ?? []).filter(isOrphan);
}

/** Those of them that a tombstone says to be removed, for the nodes to read in the leader's view. */
export function removedOrphans(situation: LeaderSituation): readonly string[] {
  return orphansOf(situation)
    .filter((orphan) => isGone(situation, orphan))
    .map(({ nodeId }) => nodeId)
    .sort();
}

function isGone({ tombstones, membership }: LeaderSituation, { nodeId }: { readonly nodeId: string }): boolean {
  return tombstones.some(
    (each) => each.nodeId === nodeId && each.state === "removed" && each.clusterId === membership.clusterId,
  );
}
