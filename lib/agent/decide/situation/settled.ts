import type { NodeSettings } from "../../../registry/node-settings";
import type { Phase } from "../../../registry/records";
import type { Memory } from "../../memory";
import type { Observation } from "../../model";

/** Whether the node is all that it is to become, so that it need not look often. */
export function isSettled(observation: Observation, memory: Memory, settings: NodeSettings): boolean {
  const { docker, cluster, markers } = observation;
  // Out of the swarm until its group goes, or the request is taken back.
  if (isRetired(observation)) return true;
  const launched = settings.launchHook === undefined || memory.launch.done || markers.launch !== undefined;
  if (docker?.value.status.state !== "active" || cluster?.value?.phase !== "ready" || !launched) return false;
  return settings.role === "worker" || docker.value.self?.manager?.reachability === "reachable";
}

/** Whether this is an instance of a slot that is retired, and out of the swarm already. */
export function isRetired({ docker, slot, self }: Observation): boolean {
  const record = slot?.value;
  return (
    docker?.value.status.state === "inactive" && record?.instanceId === self.instanceId && record.retire !== undefined
  );
}

/** Whether nodes of this role may join a cluster of this phase: the managers form it, the others join what is ready. */
export function mayJoin(phase: Phase | undefined, settings: NodeSettings): boolean {
  return phase === "ready" || (phase === "forming" && settings.role === "manager");
}
