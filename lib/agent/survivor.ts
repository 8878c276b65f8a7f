import type { NodeSettings } from "../registry/node-settings";
import type { ClusterRecord } from "../registry/records";
import type { Identity, Markers } from "./ports";
import { ownRecord } from "./registry/own-record";

/** A recovery that an operator asks of this manager (P13). */
export interface Recovery {
  readonly clusterId: string;
  readonly generation: number;
  /** Whether this manager has started the swarm again already. */
  readonly isStarted: boolean;
}

/** The recovery that a cluster record asks of a node; pure. */
export function recoveryOf(
  found: ClusterRecord | undefined,
  { nonce, role }: Pick<NodeSettings, "nonce" | "role">,
  { instanceId }: Identity,
  { member }: Markers,
): Recovery | undefined {
  const record = ownRecord(found, nonce);
  const isAsked = record?.phase === "recovering" && record.recovery?.instanceId === instanceId;
  if (role !== "manager" || !isAsked || record.clusterId === undefined) return undefined;
  const { clusterId, generation } = record;
  return { clusterId, generation, isStarted: (member?.generation ?? -1) >= generation };
}
