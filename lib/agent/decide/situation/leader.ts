import type { ClusterRecord, OwnedNodeRecord, SlotRecord, TombstoneRecord } from "../../../registry/records";
import type { DockerView, Membership } from "../../model";
import type { SwarmNode } from "../../ports";
import type { Situation } from "./situation";

/** What a leader's rules look at: the situation of a node that leads the recorded cluster, and what it alone sees. */
export interface LeaderSituation extends Situation {
  readonly docker: DockerView;
  readonly record: ClusterRecord;
  readonly membership: Membership;
  /** The swarm's nodes, by its own list. */
  readonly nodes: readonly SwarmNode[];
  /** The records of the slots, as those below; none before the registry was read. */
  readonly slots: readonly SlotRecord[];
  readonly records: readonly OwnedNodeRecord[];
  readonly tombstones: readonly TombstoneRecord[];
}

const NOTHING_READ = { slots: [], nodes: [], tombstones: [] } as const;

/** The leader's situation; `undefined` for everybody else. */
export function leaderSituationOf(situation: Situation): LeaderSituation | undefined {
  const { leads, docker, record, membership, observation } = situation;
  if (!leads || docker?.nodes === undefined || record === undefined || membership === undefined) return undefined;
  const { slots, nodes: records, tombstones } = observation.table?.value ?? NOTHING_READ;
  return { ...situation, docker, record, membership, nodes: docker.nodes, slots, records, tombstones };
}
