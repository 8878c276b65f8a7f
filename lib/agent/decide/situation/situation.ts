import type { NodeSettings } from "../../../registry/node-settings";
import type { ClusterRecord } from "../../../registry/records";
import type { Memory } from "../../memory";
import {
  type Action,
  type ActionDetail,
  DECISION_LIFETIME,
  type DockerView,
  type Fact,
  type Membership,
  type Observation,
  type Report,
} from "../../model";
import { ownRecord } from "../../registry/own-record";
import { type RosterEntry, rosterOf } from "./roster";

/** What every rule looks at: the inputs of a decision, and what follows from them at once. */
export interface Situation {
  readonly observation: Observation;
  readonly memory: Memory;
  readonly settings: NodeSettings;
  readonly docker?: DockerView;
  /** The cluster record, if it is of this life of the cluster. */
  readonly record?: ClusterRecord;
  /** Id of the cluster the local dockerd belongs to, as far as can be known. */
  readonly localClusterId?: string;
  /** The recorded cluster, if the local dockerd is an active member of it. */
  readonly membership?: Membership;
  /** Whether this node leads the recorded cluster. */
  readonly leads: boolean;
  /** The nodes of the swarm, each with its records; empty for all but the leader, who alone has the list. */
  readonly roster: readonly RosterEntry[];
}

/** What one rule finds. */
export interface Finding {
  readonly actions?: readonly Action[];
  /** What the node says of itself because of it; the first finding that says something is heard. */
  readonly report?: Partial<Omit<Report, "reasons">>;
  readonly reasons?: readonly string[];
}

/** Derives a situation; pure. */
export function situationOf(observation: Observation, memory: Memory, settings: NodeSettings): Situation {
  const docker = observation.docker?.value;
  const record = ownRecord(observation.cluster?.value, settings.nonce);
  const localClusterId = clusterOf(docker, observation, settings);
  const isMember =
    docker?.status.state === "active" && localClusterId !== undefined && localClusterId === record?.clusterId;
  const membership = isMember ? { clusterId: localClusterId, generation: record.generation } : undefined;
  return {
    observation,
    memory,
    settings,
    docker,
    record,
    localClusterId,
    membership,
    // A worker an operator promoted has not the credentials to lead by.
    leads: settings.role === "manager" && membership !== undefined && docker?.self?.manager?.leader === true,
    roster: docker?.nodes === undefined ? [] : rosterOf(docker.nodes, observation.table?.value, settings),
  };
}

/** Workers are not told the id of their cluster: the marker says which one they joined. */
function clusterOf(
  docker: DockerView | undefined,
  observation: Observation,
  settings: NodeSettings,
): string | undefined {
  if (docker === undefined || docker.status.state === "inactive") return undefined;
  if (docker.status.clusterId !== undefined) return docker.status.clusterId;
  return markedCluster(observation, settings);
}

/** The cluster this instance joined or founded last, by its marker. */
export function markedCluster({ markers, self }: Observation, settings: NodeSettings): string | undefined {
  const marker = markers.member;
  return marker?.nonce === settings.nonce && marker.instanceId === self.instanceId ? marker.clusterId : undefined;
}

/** An action that may be done for ten seconds from the oldest of the facts it rests on. */
export function actionFor(
  detail: ActionDetail,
  reason: string,
  { now }: Observation,
  ...facts: readonly (Fact<unknown> | undefined)[]
): Action {
  const oldest = Math.min(now, ...facts.map((fact) => fact?.at ?? Number.NEGATIVE_INFINITY));
  return { ...detail, reason, expiresAt: oldest + DECISION_LIFETIME };
}
