import type { Change } from "../registry/change";
import { abortable } from "./abortable";
import type { RegistryWriter } from "./connect";
import type { Deadline } from "./deadline";
import { registryError } from "./registry-problems";

/**
 * Makes a change of a cluster's registry within the time there is; false if a record changed under it.
 * @throws OperationError `NotAllowed`, `RegistryUnreadable`
 */
export async function writeChange(
  writer: RegistryWriter,
  change: Change,
  cluster: string,
  deadline: Deadline,
): Promise<boolean> {
  const limit = deadline.limit();
  try {
    return (await abortable(writer.change(change, limit), limit)).made;
  } catch (error) {
    throw registryError(error, cluster, "write");
  }
}
