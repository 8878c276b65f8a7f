import { attemptsAt } from "../../memory";
import { type Recovery, recoveryOf } from "../../survivor";
import { actionFor, type Finding, markedCluster, type Situation } from "../situation/situation";

/**
 * Of a cluster without quorum, the one manager an operator chose starts the swarm again alone, as the next generation
 * (P13). That the others are stopped is proven before anyone writes `recovering`.
 */
export function recover(situation: Situation): Finding | undefined {
  const { observation, record, settings, docker } = situation;
  const recovery = recoveryOf(record, settings, observation.self, observation.markers);
  if (recovery === undefined) return undefined;
  if (docker === undefined) return { report: { step: "waiting for dockerd", error: observation.dockerError } };
  // The swarm that was started again is locked as before, and has a leader to answer who unlocks it.
  if (recovery.isStarted && docker.status.state === "locked") return undefined;
  if (observation.busy !== undefined) return { report: { step: observation.busy.kind } };
  if (!holds(situation, recovery)) return failed("dockerd holds no state of this swarm");
  return recovery.isStarted ? publish(situation, recovery) : startAgain(situation, recovery);
}

/** A dockerd that could not read its disk says that it is in no swarm. */
function holds({ localClusterId, observation, settings }: Situation, { clusterId }: Recovery): boolean {
  return (observation.isDiskLocked ? markedCluster(observation, settings) : localClusterId) === clusterId;
}

/**
 * Not from a locked disk: dockerd cannot read it when it starts the swarm again, and without a quorum it waits for ever
 * for a leader when it is given the key.
 */
function startAgain(situation: Situation, { clusterId, generation }: Recovery): Finding {
  const { observation, settings, memory, docker } = situation;
  const facts = [observation.docker, observation.cluster] as const;
  const reason = `an operator recovers the cluster as generation ${generation}`;
  if (observation.isDiskLocked || docker?.status.state === "locked") {
    if (settings.unlockKeySecret === undefined) return failed("its disk is locked, by a key that no agent has");
    const { error } = attemptsAt(memory, "open-disk");
    return {
      report: { state: "claiming", step: "taking the lock off this manager's disk", error },
      actions: [actionFor({ kind: "open-disk", clusterId, generation }, reason, observation, ...facts)],
    };
  }
  const { error } = attemptsAt(memory, "force-new-cluster");
  return {
    report: { state: "claiming", step: "starting the swarm again from this manager alone", error },
    actions: [actionFor({ kind: "force-new-cluster", clusterId, generation }, reason, observation, ...facts)],
  };
}

function publish({ observation, docker }: Situation, { clusterId, generation }: Recovery): Finding {
  const nodeId = docker?.status.nodeId;
  if (nodeId === undefined || docker?.self?.manager?.leader !== true || docker.swarm === undefined) {
    const step = "waiting for the swarm to start again";
    return { report: { state: "claiming", step, error: docker?.controlError } };
  }
  const detail = { kind: "publish-recovery", clusterId, generation, nodeId } as const;
  return {
    report: { state: "claiming", step: "publishing the recovered swarm" },
    actions: [actionFor(detail, "the swarm has a leader again", observation, observation.docker, observation.cluster)],
  };
}

function failed(error: string): Finding {
  return { report: { state: "failed", step: "not recovering the swarm", error } };
}
