import type { Action } from "../../model";
import type { LeaderSituation } from "../situation/leader";
import { actionFor, type Finding } from "../situation/situation";

/** The leader drains nodes that ask for it because they terminate (P18). */
export function drain({ membership, observation, roster }: LeaderSituation): Finding {
  const actions = roster
    .filter(({ node, drainRequested }) => drainRequested && node.availability === "active")
    .map(({ node }): Action => {
      const detail = { kind: "drain", nodeId: node.id, version: node.version, ...membership } as const;
      return actionFor(detail, `node ${node.id} terminates`, observation, observation.docker, observation.table);
    });
  return { actions };
}
