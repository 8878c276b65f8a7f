import type { NodeState } from "../../../registry/records";
import type { Report } from "../../model";
import type { Situation } from "../situation/situation";
import { DRAIN_LIMIT } from "./leave";

/** What the node is by its dockerd alone, before any rule has a word. */
export function standingOf(situation: Situation): Pick<Report, "state" | "step" | "error"> {
  const { docker, settings, membership } = situation;
  if (docker === undefined) return { state: "booting", step: "starting" };
  const { status, self, controlError } = docker;
  const say = (state: NodeState, step: string, error?: string) => ({ state, step, error });
  switch (status.state) {
    case "inactive":
      return say("waiting", "not in a swarm");
    case "pending":
      return say("joining", "waiting for dockerd to reach the swarm", status.error);
    case "error":
      return say("failed", "dockerd cannot reach the swarm", status.error ?? "see journalctl -u docker");
    case "locked":
      return say("failed", "the swarm is locked", "an operator must unlock the managers: docker swarm unlock");
    case "active":
      break;
  }
  if (membership === undefined) return say("joined", "in a swarm", "this node cannot tell which swarm it is in");
  if (settings.role === "worker") return say("ready", "worker of the swarm");
  if (!status.controlAvailable) return say("joined", "waiting for the leader to promote this node");
  if (controlError !== undefined) return say("joined", "manager without an answer from the swarm", controlError);
  if (situation.leads) return say("ready", "leader of the swarm");
  if (self?.manager?.reachability === "reachable") return say("ready", "manager of the swarm", nobodyLeads(situation));
  return say("joined", "waiting to be reached by the other managers");
}

/** For how long the leader's last sign of life must have been the last: with the time between two looks, two are missed. */
const LEADERLESS_AFTER = 90_000;

/** Raft has a leader, or this manager would have no answer; but no agent acts as one (P20). */
function nobodyLeads({ memory, observation, record }: Situation): string | undefined {
  const { leadSign } = memory;
  if (leadSign === undefined || observation.cluster === undefined) return undefined;
  if (observation.cluster.at - leadSign.since < LEADERLESS_AFTER) return undefined;
  return (
    `Docker has a leader, and no agent acts as one for ${LEADERLESS_AFTER / 1_000} seconds or more; the last was ` +
    `${record?.lead?.instanceId ?? "unknown"}: see docker node ls, and on the leader: journalctl -u swarm-node -u docker`
  );
}

/** Whether the node is in the recorded swarm as what it was launched for. */
export function isSettledInSwarm(situation: Situation): boolean {
  return standingOf(situation).state === "ready";
}

/** A worker has left its swarm; a manager is taken out by the leader once its instance is dead. */
export function mayFinishTermination({ settings, docker, observation, memory }: Situation): boolean {
  if (settings.role === "manager") return true;
  const since = memory.terminatingSince ?? observation.now;
  return docker?.status.state === "inactive" || observation.now - since >= DRAIN_LIMIT;
}
