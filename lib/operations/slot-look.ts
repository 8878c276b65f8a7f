import type { ClusterRecord, SlotRecord } from "../registry/records";
import type { Deadline } from "./deadline";
import { describeProblem, isNotAllowed, registryError } from "./registry-problems";
import type { RegistryReader } from "./registry-reader";

/** A look at a cluster's record and one slot's. */
export interface SlotLook {
  readonly cluster?: ClusterRecord;
  readonly record?: SlotRecord;
  /** Why the registry could not be read; the rest is then of the last time it could. */
  readonly problem?: string;
}

/**
 * Reads once; of a failure, keeps what was known and adds why.
 * @throws OperationError `NotAllowed` when the credentials may not read
 */
export async function lookAtSlot(
  reader: RegistryReader,
  slot: number,
  before: SlotLook | undefined,
  name: string,
  deadline: Deadline,
): Promise<SlotLook> {
  const limit = deadline.limit();
  try {
    const [cluster, record] = await Promise.all([reader.getCluster(limit), reader.getSlot(slot, limit)]);
    return { cluster, record };
  } catch (error) {
    if (isNotAllowed(error)) throw registryError(error, name);
    return { cluster: before?.cluster, record: before?.record, problem: describeProblem(error) };
  }
}
