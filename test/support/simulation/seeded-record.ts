import type { ClusterRecord } from "../../../lib/registry/records";

/** The cluster record as Terraform writes it. */
export function seededRecord(nonce: string): ClusterRecord {
  return {
    schema: 1,
    minWriter: 1,
    writeId: "seed",
    nonce,
    phase: "unclaimed",
    epoch: 0,
    renewal: 0,
    generation: 0,
    managers: [],
    abandoned: [],
  };
}
