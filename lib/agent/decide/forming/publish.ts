import type { NodeSettings } from "../../../registry/node-settings";
import type { FounderMarker, SwarmObject } from "../../ports";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/**
 * The marker of the swarm this node began to found, if the local dockerd manages just that one and no one else can have
 * joined it: it was never published, nor abandoned after it was.
 */
export function unpublishedSwarm({ docker, observation, settings, record }: Situation): FounderMarker | undefined {
  const { founder } = observation.markers;
  const clusterId = docker?.status.clusterId;
  if (docker?.status.state !== "active" || clusterId === undefined || founder === undefined) return undefined;
  if (founder.nonce !== settings.nonce || founder.instanceId !== observation.self.instanceId) return undefined;
  if (clusterId === observation.markers.member?.clusterId || clusterId === record?.clusterId) return undefined;
  return record?.abandoned.includes(clusterId) ? undefined : founder;
}

/** Publishes what was founded, once it is what the settings ask for: what is set at init is set for ever. */
export function publish({ docker, observation, settings }: Situation, epoch: number): Finding {
  const swarm = docker?.swarm;
  const nodeId = docker?.status.nodeId;
  if (swarm === undefined || nodeId === undefined) {
    return { report: { step: "reading the new swarm", error: docker?.controlError } };
  }
  const faults = swarmFaults(swarm, settings);
  if (faults.length > 0) {
    return { report: { state: "failed", step: "not publishing the swarm", error: faults.join("; ") } };
  }
  const detail = { kind: "publish", epoch, clusterId: swarm.clusterId, nodeId } as const;
  return {
    report: { step: "publishing the swarm" },
    actions: [actionFor(detail, "the swarm is founded as asked", observation, observation.cluster, observation.docker)],
  };
}

/** In what a swarm differs from the settings. */
export function swarmFaults(swarm: SwarmObject, settings: NodeSettings): readonly string[] {
  const { addressPool, addressPoolMaskLength, dataPathPort, heartbeatSeconds, certExpiryHours, taskHistoryLimit } =
    settings.swarm;
  const wanted: readonly [string, string | number | boolean, string | number | boolean][] = [
    ["address pool", swarm.addressPools.join(","), addressPool],
    ["address pool mask length", swarm.addressPoolMaskLength, addressPoolMaskLength],
    ["data-path port", swarm.dataPathPort, dataPathPort],
    ["heartbeat in seconds", swarm.heartbeatSeconds, heartbeatSeconds],
    ["certificates' life in hours", swarm.certExpiryHours, certExpiryHours],
    ["task history", swarm.taskHistoryLimit, taskHistoryLimit],
    ["autolock", swarm.autolock, settings.unlockKeySecret !== undefined],
  ];
  return wanted
    .filter(([, got, asked]) => got !== asked)
    .map(([name, got, asked]) => `the swarm's ${name} is ${got}, not ${asked}`);
}
