import { attemptsAt } from "../../memory";
import { recoveryOf } from "../../survivor";
import type { LeaderSituation } from "../situation/leader";
import { actionFor, type Finding, type Situation } from "../situation/situation";
import { isOfEarlierGeneration } from "./barrier";

/**
 * A manager of a locked swarm cannot read its own disk after a restart: it fetches the key. That needs no registry, as
 * dockerd's start needs none (P10), but where there is an answer it must not speak against this manager (P13).
 */
export function unlock(situation: Situation): Finding | undefined {
  const { docker, observation, memory, settings } = situation;
  if (docker?.status.state !== "locked" || settings.unlockKeySecret === undefined) return undefined;
  if (observation.busy !== undefined || !mayUnlock(situation)) return undefined;
  const { error } = attemptsAt(memory, "unlock");
  return {
    report: { state: "joining", step: "unlocking this manager", error },
    actions: [
      actionFor({ kind: "unlock" }, "dockerd says that this manager is locked", observation, observation.docker),
    ],
  };
}

function mayUnlock({ observation, settings, record }: Situation): boolean {
  const { cluster, registryError, self, markers } = observation;
  if (cluster === undefined) return registryError !== undefined;
  if (record === undefined) return cluster.value === undefined;
  // Before the swarm was started again, nobody is there to answer.
  if (record.phase === "recovering") return recoveryOf(record, settings, self, markers)?.isStarted === true;
  return !isOfEarlierGeneration(observation, settings, record);
}

/** The leader keeps the key where the others find it: after every change of the swarm object, which a rotation is. */
export function keepUnlockKey(situation: LeaderSituation): Finding | undefined {
  const { docker, observation, memory, settings, membership } = situation;
  const version = docker.swarm?.version;
  if (settings.unlockKeySecret === undefined || version === undefined) return undefined;
  if (memory.unlockKeyVersion === version) return undefined;
  const { error } = attemptsAt(memory, "keep-unlock-key");
  const detail = { kind: "keep-unlock-key", version, ...membership } as const;
  const reason = "the unlock key may have been rotated since it was stored";
  return {
    actions: [actionFor(detail, reason, observation, observation.docker, observation.cluster)],
    reasons: error === undefined ? [] : [`the unlock key cannot be stored: ${error}`],
  };
}
