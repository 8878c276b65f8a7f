import { answersCount } from "../situation/liveness";
import { type RosterEntry, slotOf } from "../situation/roster";
import type { Situation } from "../situation/situation";

/**
 * Whether a node is over because its instance runs as another one by now: it lost its swarm state, or left by hand, and
 * joined again (P8). A dockerd has one state directory, with one node's key in it. Docker sees the other node at the
 * instance's address, and EC2 says that the address is the instance's, which runs.
 */
export function isOutlived(situation: Situation, entry: RosterEntry): boolean {
  const successor = successorOf(situation, entry);
  const answer = situation.observation.instances?.value;
  if (successor === undefined || answer === undefined || !answersCount(situation)) return false;
  const instance = answer.found.find(({ instanceId }) => instanceId === successor.instanceId);
  return instance?.state === "running" && instance.privateAddress === successor.node.address;
}

/**
 * The node that is up where this one was: at its address, which no two instances have; or named by the record of the slot
 * this one was promoted for, which nobody takes from the living.
 */
export function successorOf(situation: Situation, { node }: RosterEntry): RosterEntry | undefined {
  if (node.state !== "down" || node.hostname === "") return undefined;
  const slot = slotOf(node);
  return situation.roster.find((other) => {
    const isUp = other.node.id !== node.id && other.node.state === "ready" && other.instanceId !== undefined;
    const isOfSlot = slot !== undefined && other.slotRecord?.slot === slot && other.slotRecord.nodeId === other.node.id;
    return isUp && (other.node.address === node.address || isOfSlot);
  });
}
