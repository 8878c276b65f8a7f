import type { SwarmStatus } from "../ports";

/**
 * What dockerd says of itself, by what it means: once its part in a swarm ended and began again, it says `error` until it
 * is started anew, with no error and though that part works.
 */
export function effectiveStatus(status: SwarmStatus): SwarmStatus {
  const isWell = status.state === "error" && status.error === undefined && status.nodeId !== undefined;
  return isWell ? { ...status, state: "active" } : status;
}
