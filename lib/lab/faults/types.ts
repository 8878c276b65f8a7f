import type { LabOptions } from "../types";
import type { FaultyHost, LabFault } from "./records";

/** Hosts by name (`manager-0`, `general-1`, an instance id), or every host that the fault can be on. */
export type HostChoice = readonly string[] | "all";

/** What to break, or to mend. */
export type FaultRequest =
  /** The host dies at once, or freezes; EC2 goes on calling its instance running. */
  | {
      readonly kind: "kill" | "pause";
      readonly hosts: HostChoice;
      /** When it comes back by itself. @default - never */
      readonly seconds?: number;
    }
  /**
   * `start` boots what was killed or stopped, `resume` thaws; `stop`, `terminate` and `replace` are what EC2 and Auto
   * Scaling do to an instance: its disk stays, is lost, and is lost with a successor ordered.
   */
  | { readonly kind: "start" | "resume" | "stop" | "terminate" | "replace"; readonly hosts: HostChoice }
  /** Cuts the named hosts and those of a zone off from all others. */
  | {
      readonly kind: "partition";
      readonly hosts: readonly string[];
      /** @default - only the named hosts */
      readonly availabilityZone?: string;
      /** Whether metadata service, resolver and AWS API stay in reach. */
      readonly keepApi: boolean;
      /** When it heals by itself. @default - never */
      readonly seconds?: number;
    }
  /** `heal` ends partitions; `clear` ends everything and brings every host back. */
  | { readonly kind: "heal" | "clear" };

/** Options of `labFault`. */
export interface LabFaultOptions extends LabOptions {
  readonly request: FaultRequest;
}

/** What `labFault` did. */
export interface LabFaultResult {
  /** Hosts it was done to. */
  readonly hosts: readonly FaultyHost[];
  /** What is on now. */
  readonly faults: readonly LabFault[];
}
