import type { HookMemory } from "../../memory";
import { actionFor, type Finding, type Situation } from "../situation/situation";
import { isSettledInSwarm, mayFinishTermination } from "./standing";

/** Time between two extensions of a hook that is waited for; hooks time out after 300 seconds at the soonest. */
const EXTENSION_INTERVAL = 120_000;

type Transition = "launch" | "terminate";

/** The node completes its own lifecycle hooks: launched once it is Ready, terminated once it is drained. */
export function lifecycleHooks(situation: Situation): Finding {
  const { settings, memory, observation, record } = situation;
  const destroying = record?.phase === "destroying";
  const actions = [];
  const launched = memory.launch.done || observation.markers.launch?.instanceId === observation.self.instanceId;
  if (settings.launchHook !== undefined && !launched) {
    const isReady = destroying || isSettledInSwarm(situation);
    const reason = destroying ? "the cluster is being destroyed" : "the node is Ready in the swarm";
    actions.push(...step(situation, "launch", settings.launchHook, memory.launch, isReady, reason));
  }
  if (settings.terminateHook !== undefined && observation.terminating && !memory.terminate.done) {
    const isDone = destroying || mayFinishTermination(situation);
    const reason = destroying ? "the cluster is being destroyed" : "the node is drained";
    actions.push(...step(situation, "terminate", settings.terminateHook, memory.terminate, isDone, reason));
  }
  const error = memory.launch.error ?? memory.terminate.error;
  return { actions, reasons: error === undefined ? [] : [error] };
}

function step(
  { observation, memory }: Situation,
  transition: Transition,
  hook: string,
  { notBefore, extendedAt }: HookMemory,
  complete: boolean,
  reason: string,
) {
  const { now } = observation;
  if (complete) {
    return now < notBefore ? [] : [actionFor({ kind: "complete-hook", hook, transition }, reason, observation)];
  }
  const since = extendedAt ?? (transition === "launch" ? memory.startedAt : (memory.terminatingSince ?? now));
  if (now - since < EXTENSION_INTERVAL) return [];
  return [actionFor({ kind: "extend-hook", hook, transition }, `waiting to complete ${hook}`, observation)];
}
