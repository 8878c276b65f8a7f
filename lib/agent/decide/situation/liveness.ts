import type { Instance } from "../../ports";
import type { Situation } from "./situation";

/**
 * What is known of an instance; on doubt nothing is removed. One that is `ending` shuts down: it never runs again, but
 * its programs may still.
 */
export type Liveness = "alive" | "ending" | "dead" | "unknown";

/** What EC2's word means; one that is stopped, or on its way there, may run again. */
const LIVENESS: Readonly<Record<Instance["state"], Liveness>> = {
  pending: "alive",
  running: "alive",
  "shutting-down": "ending",
  terminated: "dead",
  stopping: "unknown",
  stopped: "unknown",
};

/** Times EC2 must have said not to know an instance for it to be dead. */
const NOT_FOUND_LIMIT = 3;
/** For how long an instance must have been known, before "not found" can mean anything but "not yet". */
const KNOWN_FOR = 3_600_000;

/**
 * Judges an instance by EC2's word (P7). Terminated is dead for ever. An instance EC2 says not to know is dead once
 * it said so three times, a minute apart, and it had been known for over an hour; one that is left out of an answer is
 * not spoken of. `knownSince` is in milliseconds since 1970.
 */
export function livenessOf(
  { observation, memory }: Pick<Situation, "observation" | "memory">,
  instanceId: string | undefined,
  knownSince: number,
): Liveness {
  const answer = observation.instances?.value;
  if (instanceId === undefined || answer === undefined || !answersCount({ observation })) return "unknown";
  const instance = answer.found.find((each) => each.instanceId === instanceId);
  if (instance !== undefined) return LIVENESS[instance.state];
  const missed = answer.missing.includes(instanceId) ? (memory.notFound[instanceId]?.count ?? 0) : 0;
  return missed >= NOT_FOUND_LIMIT && observation.wallTime - knownSince > KNOWN_FOR ? "dead" : "unknown";
}

/** Whether EC2 says in so many words that an instance is terminated. */
export function isTerminated({ observation }: Pick<Situation, "observation">, instanceId: string | undefined): boolean {
  const instance = observation.instances?.value.found.find((each) => each.instanceId === instanceId);
  return instance?.state === "terminated" && answersCount({ observation });
}

/** An answer counts only if it lists the instance that asked as running: else it is of another region or account. */
export function answersCount({ observation }: Pick<Situation, "observation">): boolean {
  const own = observation.instances?.value.found.find((each) => each.instanceId === observation.self.instanceId);
  return own?.state === "running";
}
