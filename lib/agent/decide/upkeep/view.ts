import type { ManagerAddress } from "../../../registry/records";
import type { LeaderSituation } from "../situation/leader";
import { changingNodes } from "../situation/quorum";
import { addressOf, managersOf, type RosterEntry, slotOf } from "../situation/roster";
import { actionFor, type Finding } from "../situation/situation";
import { sameValue } from "./same-value";
import { summaryOf } from "./summary";

/** Least time between two writes of the view. */
const VIEW_INTERVAL = 500;

/** The leader writes the managers' addresses and its summary of the swarm, when they change. */
export function publishView(situation: LeaderSituation, troubles: readonly string[]): Finding | undefined {
  const { membership, record, observation, memory, roster } = situation;
  if (observation.table === undefined) return undefined;
  if (memory.viewWrittenAt !== undefined && observation.now - memory.viewWrittenAt < VIEW_INTERVAL) return undefined;
  const managers = managersOf(roster);
  const promoting = promotingOf(roster, membership.generation);
  const summary = summaryOf(situation, [...driftOf(roster), ...troubles]);
  const written = { ...record.summary, updatedAt: undefined };
  const view = [managers, promoting, summary];
  if (managers.length === 0 || sameValue(view, [record.managers, record.promoting, written])) return undefined;
  const { writeId } = record;
  const detail = { kind: "publish-view", managers, promoting, summary, writeId, ...membership } as const;
  return { actions: [actionFor(detail, "the swarm changed", observation, observation.docker, observation.cluster)] };
}

/** The node of a slot that is on its way into Raft. */
function promotingOf(roster: readonly RosterEntry[], generation: number): ManagerAddress | undefined {
  const nodes = roster.map(({ node }) => node);
  const changing = changingNodes(nodes, generation).find(({ role }) => role === "manager");
  const entry = roster.find(({ node }) => node === changing);
  return entry && addressOf(entry);
}

/** What an operator did by hand is told and left alone (P14), and so is a node of which no record is left. */
export function driftOf(roster: readonly RosterEntry[]): readonly string[] {
  return roster.flatMap(({ node, slot, drainRequested, retiring, instanceId, formerInstanceId }) => {
    if (retiring) return [];
    const name = `node ${node.id} (${node.hostname || node.address})`;
    const faults: string[] = [];
    if (node.role === "manager" && slot === undefined) faults.push(`${name} holds no slot and was promoted by hand`);
    if (node.role === "worker" && slotOf(node) !== undefined && node.state === "ready") {
      faults.push(`${name} holds slot ${slotOf(node)} and was demoted by hand`);
    }
    if (node.state === "down" && instanceId === undefined && formerInstanceId === undefined) {
      faults.push(`${name} is down, and no record names its instance: once that is gone, remove the node by hand`);
    }
    if (node.availability !== "active" && !drainRequested)
      faults.push(`${name} is set to ${node.availability} by hand`);
    return faults;
  });
}
