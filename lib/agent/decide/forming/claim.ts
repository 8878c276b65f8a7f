import type { ClusterRecord } from "../../../registry/records";
import { attemptsAt } from "../../memory";
import { actionFor, type Finding, markedCluster, type Situation } from "../situation/situation";
import { publish, unpublishedSwarm } from "./publish";

/** For how long the managers of other slots leave an unclaimed cluster to slot 0. */
export const HEAD_START = 5_000;
/** Time between two renewals of a claim. */
export const RENEWAL_INTERVAL = 10_000;
/** Renewals after which a claim is given up: 180 seconds. */
export const RENEWAL_LIMIT = 18;
/** For how long a claim must not have moved before it is taken over. */
export const STEAL_AFTER = 60_000;

/** Founding the swarm: one manager claims the cluster, initialises it and publishes it (P3, P4). */
export function foundSwarm(situation: Situation): Finding | undefined {
  const { settings, record, memory, observation } = situation;
  if (settings.role !== "manager" || !memory.slotHeld || record === undefined) return undefined;
  if (record.phase === "unclaimed") return claimUnclaimed(situation, record);
  if (record.phase !== "initializing") return undefined;
  return record.owner === observation.self.instanceId ? initialise(situation, record) : watchClaimer(situation, record);
}

function claimUnclaimed(situation: Situation, record: ClusterRecord): Finding {
  const { observation, memory, settings } = situation;
  const unable = unableToFound(situation);
  if (unable !== undefined) return unable;
  const pause = memory.claimPause;
  if (pause !== undefined && observation.now < pause.until) {
    return { report: { step: "waiting before another claim", error: pause.reason } };
  }
  const since = memory.unclaimedSince ?? observation.now;
  if (settings.slot !== 0 && observation.now - since < HEAD_START) {
    return { report: { step: "waiting for slot 0 to claim the cluster" } };
  }
  return {
    report: { state: "claiming", step: "claiming the cluster", error: pause?.reason },
    actions: [
      actionFor({ kind: "claim", epoch: record.epoch }, "the cluster is unclaimed", observation, observation.cluster),
    ],
  };
}

/** The claim of another manager is taken over once it has not moved for a minute of this node's own clock. */
function watchClaimer(situation: Situation, record: ClusterRecord): Finding {
  const { observation, memory } = situation;
  const step = `waiting for ${record.owner ?? "another manager"} to found the swarm`;
  const { watch, claimPause } = memory;
  const unable = unableToFound(situation);
  const still = watch !== undefined && watch.epoch === record.epoch && watch.renewal === record.renewal;
  if (!still || watch.seenAt - watch.since < STEAL_AFTER) return { report: { step } };
  if (unable !== undefined) return unable;
  if (claimPause !== undefined && observation.now < claimPause.until) {
    return { report: { step, error: claimPause.reason } };
  }
  const { epoch, renewal } = record;
  const reason = `the claim of ${record.owner ?? "nobody"} has not moved for 60 seconds`;
  return {
    report: { state: "claiming", step: "taking a stale claim over" },
    actions: [actionFor({ kind: "steal", epoch, renewal }, reason, observation, observation.cluster)],
  };
}

/**
 * Why a manager does not claim: its dockerd must be free, or hold nothing but a swarm it began and never published. And it
 * must not have been in a published one: a record that says so no more was deleted and seeded again.
 */
function unableToFound(situation: Situation): Finding | undefined {
  const { docker, observation, settings, record } = situation;
  if (observation.busy !== undefined) return { report: { step: `waiting for ${observation.busy.kind} to end` } };
  const former = markedCluster(observation, settings);
  if (former !== undefined && record?.abandoned.includes(former) === false) {
    return {
      report: {
        state: "failed",
        step: "not claiming the cluster",
        error:
          `this node was in cluster ${former}, and the cluster's record knows nothing of it: ` +
          "restore the registry table, or destroy the environment and deploy it again",
      },
    };
  }
  if (docker?.status.state === "inactive" || unpublishedSwarm(situation) !== undefined) return undefined;
  return {
    report: {
      state: "failed",
      step: "not claiming the cluster",
      error: `dockerd is ${docker?.status.state ?? "silent"} in a swarm this agent did not found`,
    },
  };
}

/** The claimer's own steps; a renewal goes beside any of them. */
function initialise(situation: Situation, record: ClusterRecord): Finding {
  const { observation, memory } = situation;
  const { epoch, renewal } = record;
  const { error } = attemptsAt(memory, "init");
  const due = memory.renewedAt === undefined || observation.now - memory.renewedAt >= RENEWAL_INTERVAL;
  if (due && renewal >= RENEWAL_LIMIT) {
    const reason = `the swarm was not founded within 180 seconds${error === undefined ? "" : `: ${error}`}`;
    return {
      report: { step: "giving the claim up", error: reason },
      actions: [actionFor({ kind: "release", epoch, renewal }, reason, observation, observation.cluster)],
    };
  }
  const renew = actionFor(
    { kind: "renew", epoch, renewal },
    "the claim is still needed",
    observation,
    observation.cluster,
  );
  const next = observation.busy === undefined ? nextStep(situation, record) : { report: { step: "swarm init" } };
  return {
    report: { state: "claiming", ...next.report },
    actions: [...(due ? [renew] : []), ...(next.actions ?? [])],
  };
}

function nextStep(situation: Situation, { epoch }: ClusterRecord): Finding {
  const { observation, memory, docker } = situation;
  const { error, notBefore } = attemptsAt(memory, docker?.status.state === "inactive" ? "init" : "publish");
  if (observation.now < notBefore) return { report: { step: "waiting before another attempt", error } };
  if (docker?.status.state === "inactive") {
    const init = actionFor(
      { kind: "init", epoch },
      "this node holds the claim",
      observation,
      observation.cluster,
      observation.docker,
    );
    return { report: { step: "swarm init", error }, actions: [init] };
  }
  const marker = unpublishedSwarm(situation);
  if (marker === undefined) {
    return {
      report: {
        state: "failed",
        step: "not publishing the swarm",
        error: `dockerd is ${docker?.status.state ?? "silent"} in a swarm this agent did not found`,
      },
    };
  }
  if (marker.epoch === epoch) return publish(situation, epoch);
  const reason = `the swarm founded in epoch ${marker.epoch} was never published`;
  return {
    report: { step: "taking up an earlier founding" },
    actions: [actionFor({ kind: "adopt", epoch }, reason, observation, observation.cluster, observation.docker)],
  };
}
