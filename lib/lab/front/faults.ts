import type { ApiFault } from "./api-fault";
import type { FrontRequest } from "./identify";
import { isOfNode, type RequestOrigin } from "./policies/node-policies";

/** The faults that are on, and which request each of them is for. */
export class Faults {
  private faults: readonly ApiFault[] = [];

  /** @param random - 0 to 1, for faults that hit a share of the requests */
  public constructor(private readonly random: () => number = Math.random) {}

  public add(fault: ApiFault): void {
    this.faults = [...this.faults, fault];
  }

  public clear(): void {
    this.faults = [];
  }

  public list(): readonly ApiFault[] {
    return this.faults;
  }

  /** The first fault that hits a request, in the order in which they were set. */
  public hitting(request: FrontRequest, origin: RequestOrigin): ApiFault | undefined {
    return this.faults.find(
      (fault) => isFor(fault, request, origin) && (fault.share === undefined || this.random() < fault.share),
    );
  }
}

function isFor(fault: ApiFault, { service, action, caller }: FrontRequest, origin: RequestOrigin): boolean {
  if (fault.service !== "*" && fault.service !== service) return false;
  if (fault.action !== undefined && fault.action !== action) return false;
  if (fault.caller !== undefined && fault.caller !== caller && fault.caller !== origin.address) return false;
  return fault.everyone === true || isOfNode(origin);
}
