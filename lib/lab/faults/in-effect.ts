import type { AccountInstance } from "../emulator/account-state";
import type { HostContainer } from "../hosts/hosts";
import type { RecordedFault } from "./records";

/** What is there for faults to be on. */
export interface FaultScene {
  readonly instances: readonly AccountInstance[];
  readonly containers: readonly HostContainer[];
}

/** The recorded faults that are still on: a host may have come back, or gone for good, without anybody's `clear`. */
export function faultsInEffect(recorded: readonly RecordedFault[], scene: FaultScene): RecordedFault[] {
  return recorded.filter((fault) => isInEffect(fault, scene));
}

function isInEffect(fault: RecordedFault, { instances, containers }: FaultScene): boolean {
  const living = new Set(instances.filter(({ state }) => isLiving(state)).map(({ id }) => id));
  if (fault.kind === "partition")
    return fault.availabilityZone !== undefined || fault.hosts.some(({ instanceId }) => living.has(instanceId));
  if (!living.has(fault.instanceId)) return false;
  const container = containers.find(({ instanceId }) => instanceId === fault.instanceId);
  const state = instances.find(({ id }) => id === fault.instanceId)?.state;
  switch (fault.kind) {
    case "kill":
      return (state === "running" || state === "pending") && container?.state === "exited";
    case "pause":
      return container?.state === "paused";
    case "stop":
      return state === "stopping" || state === "stopped";
    case "slow":
    case "clock":
    case "status-checks":
    case "spot":
    case "disk":
      return true;
  }
}

function isLiving(state: AccountInstance["state"]): boolean {
  return state !== "terminated" && state !== "shutting-down";
}

/** The recorded faults that are over: none is left to end. */
export function endedFaults(recorded: readonly RecordedFault[], scene: FaultScene, now: number): RecordedFault[] {
  const inEffect = new Set(faultsInEffect(recorded, scene));
  // These are nothing but their records.
  const endsByItself = ({ kind }: RecordedFault) => kind === "partition" || kind === "slow" || kind === "clock";
  return recorded.filter((fault) => !inEffect.has(fault) || (endsByItself(fault) && isOverdue(fault, now)));
}

/** Instances that were killed or frozen until now. */
export function overdueHosts(recorded: readonly RecordedFault[], now: number): string[] {
  return recorded.flatMap((fault) =>
    (fault.kind === "kill" || fault.kind === "pause") && isOverdue(fault, now) ? fault.instanceId : [],
  );
}

function isOverdue({ until }: RecordedFault, now: number): boolean {
  return until !== undefined && Date.parse(until) <= now;
}
