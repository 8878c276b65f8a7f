import { type AccountState, livingInstances } from "../emulator/account-state";
import type { Cut } from "../network/firewall-cuts";
import type { RecordedFault } from "./records";

/** The partitions as the firewall makes them: by address, one for each network that has hosts of it. */
export function cutsOf(faults: readonly RecordedFault[], account: AccountState): Cut[] {
  const instances = livingInstances(account);
  return faults.flatMap((fault) => {
    if (fault.kind !== "partition") return [];
    const named = new Set(fault.hosts.map(({ instanceId }) => instanceId));
    const members = instances.filter(
      ({ id, availabilityZone }) => named.has(id) || availabilityZone === fault.availabilityZone,
    );
    const vpcs = new Set(members.map(({ vpcId }) => vpcId));
    return [...vpcs].map((vpcId) => ({
      vpcId,
      addresses: members.filter((member) => member.vpcId === vpcId).flatMap(({ privateIp }) => privateIp ?? []),
      keepApi: fault.keepApi,
    }));
  });
}
