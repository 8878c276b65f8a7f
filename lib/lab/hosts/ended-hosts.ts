import { OperationError } from "../../errors";
import type { SupervisorState } from "../state/state-file";

/** Begins what the supervisor says of a host whose container ended while it booted. */
export const ENDED_HOST = "host ended: ";

/** Throws when hosts ended while they booted: nothing that waits for them would ever come to an end. */
export function refuseEndedHosts(supervisor: SupervisorState | undefined): void {
  const ended = (supervisor?.faults ?? []).filter((fault) => fault.startsWith(ENDED_HOST));
  if (ended.length === 0) return;
  throw new OperationError("HostEnded", `${ended.join("\n")}\nthe deploy waits for it in vain, and was ended`);
}
