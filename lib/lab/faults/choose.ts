import { OperationError } from "../../errors";
import type { AccountInstance } from "../emulator/account-state";
import type { HostContainer } from "../hosts/hosts";
import type { FaultScene } from "./in-effect";
import type { FaultyHost } from "./records";
import type { HostChoice } from "./types";

/** A host that may be broken or mended: an instance that is not on its way out. */
export interface Candidate {
  readonly instance: AccountInstance;
  /** Operators' name; the instance id until it has a container. */
  readonly name: string;
  /** @default - none yet */
  readonly container?: HostContainer;
}

/** The hosts there are, by name. */
export function candidates({ instances, containers }: FaultScene): Candidate[] {
  return instances
    .filter(({ state }) => state !== "terminated" && state !== "shutting-down")
    .map((instance) => {
      const container = containers.find(({ instanceId }) => instanceId === instance.id);
      return { instance, container, name: container?.name ?? instance.id };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The hosts that were named, each once; throws with the names there are at one that is not there. */
export function chooseHosts(choice: HostChoice, scene: FaultScene): Candidate[] {
  const present = candidates(scene);
  if (choice === "all") return present;
  return [...new Set(choice.map((node) => find(node, present)))];
}

function find(node: string, present: readonly Candidate[]): Candidate {
  // A slot's successor may come before its predecessor is gone, with the same name: the later one is meant.
  const byAge = [...present].sort((a, b) => b.instance.launchTime.localeCompare(a.instance.launchTime));
  const found = byAge.find(({ name, instance }) => node === name || node === instance.id);
  if (found !== undefined) return found;
  const names = present.map(({ name }) => name).join(", ");
  throw new OperationError("NoSuchHost", `there is no host ${node} in the lab; there are: ${names || "none"}`);
}

/** A host as faults name it. */
export function faultyHost({ instance, name }: Candidate): FaultyHost {
  return { instanceId: instance.id, host: name };
}

/** Throws unless there is such a zone, with the zones there are. */
export function refuseUnknownZone(zone: string, scene: FaultScene): void {
  const zones = [...new Set(candidates(scene).map(({ instance }) => instance.availabilityZone))].sort();
  if (zones.includes(zone)) return;
  throw new OperationError("NoSuchZone", `no host is in ${zone}; there are hosts in: ${zones.join(", ") || "none"}`);
}
