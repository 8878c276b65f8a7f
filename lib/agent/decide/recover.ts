import { act, type Finding, type Situation } from "./situation";

/**
 * Of a cluster without quorum, the one manager an operator chose starts the swarm again alone, as the next generation
 * (P13). That the others are stopped is proven before anyone writes `recovering`.
 */
export function recover(situation: Situation): Finding | undefined {
  const { observation, record, settings, docker } = situation;
  if (settings.role !== "manager" || record?.phase !== "recovering") return undefined;
  if (record.recovery?.instanceId !== observation.self.instanceId) return undefined;
  if (docker === undefined) return { report: { step: "waiting for dockerd", error: observation.dockerError } };
  // It is unlocked first.
  if (docker.status.state === "locked") return undefined;
  if (observation.busy !== undefined) return { report: { step: observation.busy.kind } };
  const { clusterId, generation } = record;
  if (clusterId === undefined || situation.localClusterId !== clusterId) {
    return {
      report: { state: "failed", step: "not recovering the swarm", error: "dockerd holds no state of this swarm" },
    };
  }
  const facts = [observation.docker, observation.cluster] as const;
  if ((observation.markers.member?.generation ?? -1) < generation) {
    const detail = { kind: "force-new-cluster", clusterId, generation } as const;
    return {
      report: { state: "claiming", step: "starting the swarm again from this manager alone" },
      actions: [act(detail, `an operator recovers the cluster as generation ${generation}`, observation, ...facts)],
    };
  }
  const { nodeId } = docker.status;
  if (nodeId === undefined || docker.self?.manager?.leader !== true || docker.swarm === undefined) {
    return { report: { state: "claiming", step: "waiting for the swarm to start again", error: docker.controlError } };
  }
  const detail = { kind: "publish-recovery", clusterId, generation, nodeId } as const;
  return {
    report: { state: "claiming", step: "publishing the recovered swarm" },
    actions: [act(detail, "the swarm has a leader again", observation, ...facts)],
  };
}
