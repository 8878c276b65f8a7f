import type { NodeSettings } from "../registry/node-settings";
import type { Phase } from "../registry/records";
import type { Memory } from "./memory";
import type { Observation } from "./model";

/** Whether the node is all that it is to become, so that it need not look often. */
export function isSettled(observation: Observation, memory: Memory, settings: NodeSettings): boolean {
  const { docker, cluster, markers } = observation;
  const launched = settings.launchHook === undefined || memory.launch.done || markers.launch !== undefined;
  if (docker?.value.status.state !== "active" || cluster?.value?.phase !== "ready" || !launched) return false;
  return settings.role === "worker" || docker.value.self?.manager?.reachability === "reachable";
}

/** Whether nodes of this role may join a cluster of this phase: the managers form it, the others join what is ready. */
export function mayJoin(phase: Phase | undefined, settings: NodeSettings): boolean {
  return phase === "ready" || (phase === "forming" && settings.role === "manager");
}
