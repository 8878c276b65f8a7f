import { type ClusterRecord, SCHEMA_VERSION } from "../../registry/records";

/** A cluster record, if it is of this life of the cluster (P1) and of a form that this agent may write (P17). */
export function ownRecord(record: ClusterRecord | undefined, nonce: string): ClusterRecord | undefined {
  return record?.nonce === nonce && record.minWriter <= SCHEMA_VERSION ? record : undefined;
}
