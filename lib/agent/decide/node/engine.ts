import { originOf } from "../../state-origin";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** For how long dockerd must say that its part in the swarm failed, and why. */
const FAILED_FOR = 60_000;
/** Least time between two restarts: a dockerd that fails again needs a person. */
const RESTART_INTERVAL = 600_000;
/** What dockerd may say of a node that was removed: that it has to leave (P9). */
const REMOVED = /removed from swarm/;

/**
 * A dockerd whose part in the swarm ended with an error, and could not begin again, tries no more: on a disk that was full,
 * say. Only its restart brings the node back (P20). It takes nothing from the swarm, of which the node is no part.
 */
export function restartEngine(situation: Situation): Finding | undefined {
  const { docker, observation, memory, record, settings } = situation;
  const error = docker?.status.error;
  if (docker?.status.state !== "error" || error === undefined || REMOVED.test(error)) return undefined;
  if (observation.busy !== undefined || !observation.hasCertificate) return undefined;
  if (originOf(settings, observation.self, observation.markers, record) !== "own") return undefined;
  const { now } = observation;
  if (now - (memory.stuckSince ?? now) < FAILED_FOR) return undefined;
  if (now - (memory.engineRestartedAt ?? Number.NEGATIVE_INFINITY) < RESTART_INTERVAL) return undefined;
  const reason = `dockerd is no part of the swarm for ${FAILED_FOR / 1_000} seconds: ${error}`;
  return {
    report: { state: "failed", step: "restarting dockerd", error: reason },
    actions: [actionFor({ kind: "restart-engine" }, reason, observation, observation.docker)],
  };
}
