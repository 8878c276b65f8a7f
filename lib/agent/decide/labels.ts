import type { Action } from "../model";
import { type RosterEntry, rosterOf } from "./roster";
import { act, type Finding, type Situation } from "./situation";

/** Labels set in one go: the loop runs twice a second at most, so this keeps to 20 a second. */
const BATCH = 10;

/** The leader labels nodes with their place and what their pool asks for; a label that is there stays as it is. */
export function label(situation: Situation): Finding | undefined {
  if (!situation.leads) return undefined;
  const { observation } = situation;
  const actions = rosterOf(situation).flatMap((entry): readonly Action[] => {
    const labels = missingLabels(entry);
    if (Object.keys(labels).length === 0) return [];
    const detail = { kind: "label", nodeId: entry.node.id, version: entry.node.version, labels } as const;
    return [act(detail, `node ${entry.node.id} lacks them`, observation, observation.docker, observation.table)];
  });
  return { actions: actions.slice(0, BATCH) };
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
