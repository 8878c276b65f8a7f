import type { ManagerAddress } from "../../../registry/records";
import { fraction } from "../../back-off";
import { attemptsAt } from "../../memory";
import { isRetired, mayJoin } from "../situation/settled";
import { actionFor, type Finding, type Situation } from "../situation/situation";
import { nodesIn } from "../upkeep/summary";

/** Joins that the managers take in one second when many nodes come at once. */
const JOINS_PER_SECOND = 20;

/** Everyone joins as a worker; the leader promotes who belongs into a slot (P6, P15). */
export function join(situation: Situation): Finding | undefined {
  const { settings, record, docker, observation, memory } = situation;
  if (docker?.status.state !== "inactive" || observation.terminating || record === undefined) return undefined;
  if (observation.busy !== undefined) return { report: { state: "joining", step: observation.busy.kind } };
  if (!mayJoin(record.phase, settings)) {
    return { report: { step: settings.role === "worker" ? "waiting for the managers" : "waiting for the cluster" } };
  }
  if (settings.role === "manager" && !memory.slotHeld) return undefined;
  if (isRetired(observation)) {
    return { report: { state: "retired", step: `out of the swarm: slot ${settings.slot ?? "?"} is retired` } };
  }
  // Of whoever may be on the way to be a node, the leader has heard (P8).
  if (memory.reported === undefined) return { report: { state: "joining", step: "joining the swarm" } };
  const { clusterId, generation } = record;
  if (clusterId === undefined || record.managers.length === 0) {
    return { report: { step: "waiting for the managers", error: "the registry lists no manager yet" } };
  }
  const { failures, error } = attemptsAt(memory, "join");
  if (observation.now < joinTurn(situation)) {
    return { report: { state: "joining", step: "waiting for its turn to join", error } };
  }
  const managers = shuffle(record.managers, observation.self.instanceId);
  const manager = managers[failures % managers.length]?.address ?? "";
  const detail = { kind: "join", manager, clusterId, generation } as const;
  return {
    report: { state: "joining", step: "joining the swarm", error },
    actions: [
      actionFor(
        detail,
        `the cluster is ${record.phase}`,
        observation,
        observation.cluster,
        observation.docker,
        // A retirement may have been asked for since the slot was taken.
        ...(settings.role === "manager" ? [observation.slot] : []),
      ),
    ],
  };
}

/**
 * When this node may try to join, on its own clock. Workers that wait for the same moment come one after another, each at
 * its own place in N/20 seconds; those that failed wait longer. Managers are few, and everyone waits for them.
 */
export function joinTurn({ memory, record, settings, observation }: Situation): number {
  const { notBefore } = attemptsAt(memory, "join");
  const since = memory.joinableSince ?? observation.now;
  if (settings.role === "manager") return Math.max(notBefore, since);
  const nodes = Math.max(settings.slots, record?.summary === undefined ? 0 : nodesIn(record.summary));
  const place = fraction(observation.self.instanceId) * (nodes / JOINS_PER_SECOND) * 1_000;
  return Math.max(notBefore, since + place);
}

/** An order of the managers that differs from instance to instance, and stays the same for one. */
export function shuffle(managers: readonly ManagerAddress[], instanceId: string): readonly ManagerAddress[] {
  const place = (manager: ManagerAddress) => fraction(`${instanceId} ${manager.address}`);
  return [...managers].sort((one, other) => place(one) - place(other));
}

/** Writes down which cluster this node belongs to: workers are not told by dockerd. */
export function markMember(situation: Situation): Finding | undefined {
  const { membership, docker, observation, settings } = situation;
  const nodeId = docker?.status.nodeId;
  if (membership === undefined || nodeId === undefined) return undefined;
  const { member } = observation.markers;
  const isMarked =
    member?.nodeId === nodeId &&
    member.clusterId === membership.clusterId &&
    member.generation === membership.generation &&
    member.nonce === settings.nonce &&
    member.instanceId === observation.self.instanceId;
  if (isMarked) return undefined;
  const detail = { kind: "mark-member", nodeId, ...membership } as const;
  return { actions: [actionFor(detail, "the node is a member", observation, observation.docker, observation.cluster)] };
}
