import type { ApiFault } from "../front/aws-control";
import type { LabOptions } from "../machine/paths";
import type { FaultyHost, LabFault } from "./records";

/** A disk of its own for the swarm state of a host that can be filled; full; with room again. */
export type DiskState = "small" | "full" | "free";

/** Hosts by name (`manager-0`, `general-1`, an instance id), or every host that the fault can be on. */
export type HostChoice = readonly string[] | "all";

/** A fault of the AWS API, or the end of some. */
export interface ApiFaultRequest extends Omit<ApiFault, "service" | "mode" | "caller"> {
  readonly kind: "api";
  /** One of `FAULT_SERVICES`, or `all`. */
  readonly service: string;
  /** One of `FAULT_MODES`, or `well`, which ends the faults of the service. */
  readonly mode: string;
  /** Whose requests it hits. @default - every host's */
  readonly host?: string;
}

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
  /** Every packet that the host sends leaves so much later; 0 ends it. */
  | {
      readonly kind: "slow";
      readonly hosts: HostChoice;
      readonly milliseconds: number;
      /** When it ends by itself. @default - never */
      readonly seconds?: number;
    }
  /** The clock on the wall jumps, for what runs on the host and what starts on it; 0 puts it right. */
  | {
      readonly kind: "clock";
      readonly hosts: HostChoice;
      readonly offsetSeconds: number;
      /** When it ends by itself. @default - never */
      readonly seconds?: number;
    }
  | { readonly kind: "status-checks"; readonly hosts: HostChoice; readonly checks: "ok" | "impaired" }
  /** Announces that EC2 takes spot instances back, and when. */
  | { readonly kind: "spot"; readonly hosts: HostChoice; readonly seconds: number }
  /** What is written of the swarm goes to a small disk, from then on, that fills up. */
  | { readonly kind: "disk"; readonly hosts: HostChoice; readonly disk: DiskState }
  | ApiFaultRequest
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
