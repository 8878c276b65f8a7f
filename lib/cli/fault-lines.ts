import type { ApiLabFault, LabFault } from "../lab";

/** A fault that is on, as one line. */
export function describeFault(fault: LabFault): string {
  if (fault.kind === "api") return apiLine(fault);
  const until = fault.until === undefined ? "" : `, until ${fault.until}`;
  return `${whatIsWrong(fault)}, since ${fault.since}${until}`;
}

function apiLine({ service, action, mode, milliseconds, share, host, everyone }: ApiLabFault): string {
  const what = `${service === "*" ? "all services" : service}${action === undefined ? "" : `:${action}`}`;
  const delay = mode === "slow" && milliseconds !== undefined ? ` by ${milliseconds} ms` : "";
  const often = share === undefined ? "" : `, ${Math.round(share * 100)} % of the requests`;
  return `api: ${what}: ${mode}${delay} for ${host ?? "every host"}${everyone === true ? " and everyone" : ""}${often}`;
}

function whatIsWrong(fault: Exclude<LabFault, ApiLabFault>): string {
  switch (fault.kind) {
    case "kill":
      return `kill: ${fault.host} (${fault.instanceId}) is dead`;
    case "pause":
      return `pause: ${fault.host} (${fault.instanceId}) is frozen`;
    case "stop":
      return `stop: ${fault.host} (${fault.instanceId}) is stopped`;
    case "clock": {
      const side = fault.offsetSeconds < 0 ? "behind" : "ahead";
      return `clock: that of ${fault.host} (${fault.instanceId}) is ${Math.abs(fault.offsetSeconds)} s ${side}`;
    }
    case "slow":
      return `slow: what ${fault.host} (${fault.instanceId}) sends is ${fault.milliseconds} ms late`;
    case "status-checks":
      return `status-checks: those of ${fault.host} (${fault.instanceId}) fail`;
    case "spot":
      return `spot: ${fault.host} (${fault.instanceId}) is about to be terminated`;
    case "disk":
      return `disk: that of ${fault.host} (${fault.instanceId}) is full`;
    case "partition": {
      const names = fault.hosts.map(({ host }) => host);
      const zone = fault.availabilityZone === undefined ? [] : [`all of ${fault.availabilityZone}`];
      const api = fault.keepApi ? ", but not from the AWS API" : "";
      return `partition: cut off from all others: ${[...names, ...zone].join(", ")}${api}`;
    }
  }
}
