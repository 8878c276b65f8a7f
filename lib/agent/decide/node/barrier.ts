import { operatorCommand } from "../../../operator-commands";
import type { NodeSettings } from "../../../registry/node-settings";
import { type ClusterRecord, SCHEMA_VERSION } from "../../../registry/records";
import type { Observation } from "../../model";
import { originOf } from "../../state-origin";
import type { Finding, Situation } from "../situation/situation";

/** What keeps the node from doing anything but report: P1, P10, P13, P16, P17. */
export function barrier({ observation, settings, record }: Situation): Finding | undefined {
  const { refusal, cluster, registryError, docker, dockerError } = observation;
  if (refusal !== undefined) return failed("dockerd is kept down", refusal);
  if (cluster === undefined) return { report: { step: "reading the registry", error: registryError } };
  const found = cluster.value;
  if (found === undefined) {
    return waiting("waiting for the cluster record", `table ${settings.table} has no record "cluster"`);
  }
  if (found.nonce !== settings.nonce) {
    return failed(
      "neither founding nor joining",
      `the registry is of another life of the cluster (nonce ${found.nonce}, this node has ${settings.nonce})`,
    );
  }
  if (found.minWriter > SCHEMA_VERSION) {
    return {
      report: {
        step: "observing only",
        error: `the registry is written by newer agents (schema ${found.minWriter}, this one knows ${SCHEMA_VERSION})`,
      },
    };
  }
  if (found.phase === "destroying") return { report: { step: "the cluster is being destroyed" } };
  if (found.phase === "recovering") return { report: { step: "an operator recovers the cluster" } };
  if (isOfEarlierGeneration(observation, settings, record)) {
    return failed(
      "kept out of the swarm",
      `this manager is of generation ${observation.markers.member?.generation}, and the cluster was recovered without ` +
        `it as generation ${record?.generation}; replace it: ${operatorCommand.replace(settings, settings.slot ?? 0)}`,
    );
  }
  if (docker === undefined) return { report: { step: "waiting for dockerd", error: dockerError } };
  return undefined;
}

/**
 * A manager that was away while the swarm was started again without it: its Raft log is another swarm's (P13). One that
 * had only begun to join has none.
 */
export function isOfEarlierGeneration(
  { markers, self, docker, hasCertificate }: Observation,
  settings: NodeSettings,
  record: ClusterRecord | undefined,
): boolean {
  if (docker?.value.status.state === "inactive" || !hasCertificate) return false;
  return originOf(settings, self, markers, record) === "outdated";
}

function failed(step: string, error: string): Finding {
  return { report: { state: "failed", step, error } };
}

function waiting(step: string, error: string): Finding {
  return { report: { step, error } };
}
