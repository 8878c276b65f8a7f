import type { NodeState } from "../../registry/records";
import type { Report } from "../model";
import { DRAIN_LIMIT } from "./leave";
import type { Situation } from "./situation";

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
  if (membership === undefined) return say("joined", "in a swarm", "which swarm this is, nothing on this node proves");
  if (settings.role === "worker") return say("ready", "worker of the swarm");
  if (!status.controlAvailable) return say("joined", "waiting for the leader to promote this node");
  if (controlError !== undefined) return say("joined", "manager without an answer from the swarm", controlError);
  if (self?.manager?.leader === true) return say("ready", "leader of the swarm");
  if (self?.manager?.reachability === "reachable") return say("ready", "manager of the swarm");
  return say("joined", "waiting to be reached by the other managers");
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
