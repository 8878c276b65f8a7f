import type { ClusterRecord } from "../registry/records";
import type { WantedNodes } from "./group-sizes";
import type { NodeStatus } from "./status-nodes";

/** A worker pool: what Auto Scaling wants of it, and what is there. */
export interface PoolStatus {
  readonly name: string;
  /** Undefined if Auto Scaling was not heard. */
  readonly desired?: number;
  /** Workers that are Ready. */
  readonly ready: number;
  /** Workers that are members or report, whatever their state. */
  readonly there: number;
}

/** The pools that have nodes, or should have. */
export function poolStatuses(
  record: ClusterRecord | undefined,
  nodes: readonly NodeStatus[],
  wanted: WantedNodes | undefined,
): readonly PoolStatus[] {
  const counted = record?.summary?.counted ?? [];
  const names = new Set([
    ...(wanted?.pools.keys() ?? []),
    ...nodes.flatMap(({ pool }) => pool ?? []),
    ...counted.flatMap(({ pool }) => pool ?? []),
  ]);
  return [...names].sort().map((name) => {
    const own = nodes.filter(({ pool }) => pool === name);
    // Of a large swarm's members the leader lists some and counts the others; the counted ones are shown by their word.
    const listed = new Set((record?.summary?.members ?? []).map(({ nodeId }) => nodeId));
    const apart = own.filter(({ nodeId, member }) => !member || (nodeId !== undefined && listed.has(nodeId)));
    const ofPool = counted.filter(({ pool }) => pool === name);
    const sum = (which: typeof ofPool): number => which.reduce((total, { count }) => total + count, 0);
    const isReady = ({ member, state }: NodeStatus): boolean => member && state === "ready";
    return {
      name,
      desired: wanted?.pools.get(name),
      ready: apart.filter(isReady).length + sum(ofPool.filter(({ state }) => state === "ready")),
      there: apart.length + sum(ofPool),
    };
  });
}
