import type { Action } from "../../model";
import { rosterOf } from "../situation/roster";
import { actionFor, type Finding, type Situation } from "../situation/situation";

/** The leader drains nodes that ask for it because they terminate (P18). */
export function drain(situation: Situation): Finding | undefined {
  const { leads, membership, observation } = situation;
  if (!leads || membership === undefined) return undefined;
  const actions = rosterOf(situation)
    .filter(({ node, drainRequested }) => drainRequested && node.availability === "active")
    .map(({ node }): Action => {
      const detail = { kind: "drain", nodeId: node.id, version: node.version, ...membership } as const;
      return actionFor(detail, `node ${node.id} terminates`, observation, observation.docker, observation.table);
    });
  return { actions };
}
