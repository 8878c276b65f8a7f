import type { NodeSettings } from "../registry/node-settings";
import type { ClusterRecord } from "../registry/records";
import type { Identity, Markers } from "./ports";

/** Whose swarm state is on the disk: nobody knows, another instance's or life's, this node's, or its own of before a recovery. */
export type StateOrigin = "unmarked" | "foreign" | "own" | "outdated";

/** Tells whose swarm state is on the disk by the markers beside it, and by the cluster record where it is known; pure. */
export function originOf(
  { nonce, role }: Pick<NodeSettings, "nonce" | "role">,
  { instanceId }: Identity,
  { member, founder }: Markers,
  record: ClusterRecord | undefined,
): StateOrigin {
  const marker = member ?? founder;
  if (marker === undefined) return "unmarked";
  if (marker.nonce !== nonce || marker.instanceId !== instanceId) return "foreign";
  if (role !== "manager" || member === undefined || record === undefined) return "own";
  const isLater =
    record.nonce === nonce && record.clusterId === member.clusterId && record.generation > member.generation;
  const isSurvivor = record.phase === "recovering" && record.recovery?.instanceId === instanceId;
  return isLater && !isSurvivor ? "outdated" : "own";
}
