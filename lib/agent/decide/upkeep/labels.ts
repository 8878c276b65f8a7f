import type { Action } from "../../model";
import type { LeaderSituation } from "../situation/leader";
import type { RosterEntry } from "../situation/roster";
import { actionFor, type Finding } from "../situation/situation";

/** Nodes labelled in any second (P15): each is a write that Raft brings to every manager. */
export const LABELS_PER_SECOND = 20;

/** The leader labels nodes with their place and what their pool asks for; a label that is there stays as it is. */
export function label({ observation, memory, roster }: LeaderSituation): Finding {
  const recent = memory.labelledAt.filter((at) => observation.now - at < 1_000);
  const actions = roster.flatMap((entry): readonly Action[] => {
    const labels = missingLabels(entry);
    if (Object.keys(labels).length === 0) return [];
    const detail = { kind: "label", nodeId: entry.node.id, version: entry.node.version, labels } as const;
    const reason = `node ${entry.node.id} lacks the labels ${Object.keys(labels).sort().join(", ")}`;
    return [actionFor(detail, reason, observation, observation.docker, observation.table)];
  });
  return { actions: actions.slice(0, LABELS_PER_SECOND - recent.length) };
}

/** What a node lacks. Those of a slot come with the promotion, so that the label says: was promoted. */
export function missingLabels(entry: RosterEntry): Readonly<Record<string, string>> {
  const { node, slot, pool, availabilityZone, labels } = entry;
  const isManager = node.role === "manager" && node.manager !== undefined;
  if (node.state !== "ready" || (slot !== undefined && !isManager)) return {};
  const wanted: Record<string, string | undefined> = {
    ...labels,
    az: availabilityZone,
    slot: slot === undefined ? undefined : String(slot),
    pool,
  };
  const missing = Object.entries(wanted).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !(pair[0] in node.labels),
  );
  return Object.fromEntries(missing);
}
