import type { KnownManager, LogPlace, RecoverySurvey } from "../operations";
import { ago, stopHint } from "../operations";
import { type ClusterTarget, operatorCommand } from "../operator-commands";
import { clusterTitle, formatRows } from "./tables";

/** How a swarm without quorum stands, as a page for a terminal, with the commands to go on. */
export function formatRecoverySurvey(
  survey: RecoverySurvey,
  target: ClusterTarget,
  place: LogPlace,
  now: number,
): string {
  const { quorum, managers } = survey;
  return [
    `${clusterTitle(target)}: ${quorum.reachable} of ${quorum.members} managers reachable, ${quorum.needed} needed`,
    "",
    managers.length === 0
      ? "no manager is known"
      : formatRows(
          ["MANAGER", "INSTANCE", "ADDRESS", "EC2", "HEARD", "SAYS"],
          managers.map((each) => row(each, now)),
        ),
    "",
    ...whatToDo(survey, target, place),
  ].join("\n");
}

function row(manager: KnownManager, now: number): string[] {
  const { name, instanceId, address, instanceState, heardAt, says, votes, lostState } = manager;
  const standing = lostState === undefined ? "" : ", lost its state";
  return [
    votes ? `${name}${standing}` : `${name}, not joined`,
    instanceId ?? "?",
    address,
    instanceState ?? "?",
    heardAt === undefined ? "never" : ago(heardAt, now),
    says ?? "",
  ];
}

function whatToDo(
  { quorum, survivor, managers, toStop }: RecoverySurvey,
  target: ClusterTarget,
  place: LogPlace,
): readonly string[] {
  if (quorum.margin >= 0 && quorum.members > 0) return ["the swarm has its quorum: there is nothing to recover"];
  if (survivor === undefined) {
    return [
      "no manager runs that has its swarm state and an agent at work, so that none can carry the swarm on: start one that",
      "is stopped, the one heard of last; if there is none, the swarm is lost with them: destroy and deploy again",
    ];
  }
  const names = managers.flatMap(({ name, instanceId }) => (toStop.includes(instanceId ?? "") ? [name] : []));
  const stop =
    names.length === 0 ? [] : ["stop the others first:", `  ${stopHint(place, { names, instanceIds: toStop })}`];
  const isStopped = managers.some((manager) => manager.votes && manager.instanceState === "stopped");
  return [
    ...(isStopped ? ["best of all, start stopped instances again: with a majority back, nothing is lost; else:"] : []),
    `quorum is lost; ${survivor.name} is the one heard of last, and can carry the swarm on`,
    ...stop,
    "then see whether all is proven:",
    `  ${operatorCommand.recover(target, survivor.slot)}`,
  ];
}
