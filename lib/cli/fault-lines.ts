import type { LabFault } from "../lab";

/** A fault that is on, as one line. */
export function describeFault(fault: LabFault): string {
  const until = fault.until === undefined ? "" : `, until ${fault.until}`;
  return `${whatIsWrong(fault)}, since ${fault.since}${until}`;
}

function whatIsWrong(fault: LabFault): string {
  switch (fault.kind) {
    case "kill":
      return `kill: ${fault.host} (${fault.instanceId}) is dead`;
    case "pause":
      return `pause: ${fault.host} (${fault.instanceId}) is frozen`;
    case "stop":
      return `stop: ${fault.host} (${fault.instanceId}) is stopped`;
    case "partition": {
      const names = fault.hosts.map(({ host }) => host);
      const zone = fault.availabilityZone === undefined ? [] : [`all of ${fault.availabilityZone}`];
      const api = fault.keepApi ? ", but not from the AWS API" : "";
      return `partition: cut off from all others: ${[...names, ...zone].join(", ")}${api}`;
    }
  }
}
