import { physicalName } from "../naming";
import { labCommand } from "../operator-commands";

/** Where the nodes run, hence how their logs are read. */
export type LogPlace = { readonly kind: "lab" } | { readonly kind: "aws"; readonly region: string };

/** How to read the log of the agent of an instance. */
export function agentLogHint(
  place: LogPlace,
  instance: { readonly instanceId: string; readonly name?: string },
): string {
  return place.kind === "lab"
    ? labCommand.exec(instance.name ?? instance.instanceId, "journalctl -u swarm-node")
    : `aws ssm start-session --region ${place.region} --target ${instance.instanceId}, then journalctl -u swarm-node`;
}

/** How to find out why a manager slot's instance was never heard of. */
export function silentSlotHint(place: LogPlace, cluster: string, slot: number): string {
  return place.kind === "lab"
    ? `${labCommand.status}; ${labCommand.exec(`manager-${slot}`, "journalctl -b")}`
    : silentGroupHint(place.region, physicalName.managerGroup(cluster, slot));
}

/** How to find out why workers of a pool were never heard of. */
export function silentPoolHint(place: LogPlace, cluster: string, pool: string): string {
  return place.kind === "lab"
    ? labCommand.status
    : silentGroupHint(place.region, physicalName.workerGroup(cluster, pool));
}

/** How to stop instances. */
export function stopHint(
  place: LogPlace,
  { names, instanceIds }: { readonly names: readonly string[]; readonly instanceIds: readonly string[] },
): string {
  return place.kind === "lab"
    ? labCommand.fault("stop", ...names)
    : `aws ec2 stop-instances --region ${place.region} --instance-ids ${instanceIds.join(" ")}`;
}

/** How to start the engine of a host again. */
export function restartEngineHint(
  place: LogPlace,
  instance: { readonly instanceId: string; readonly name?: string },
): string {
  return place.kind === "lab"
    ? labCommand.exec(instance.name ?? instance.instanceId, "systemctl restart docker")
    : `aws ssm start-session --region ${place.region} --target ${instance.instanceId}, then sudo systemctl restart docker`;
}

/** How to have another worker in the place of one. */
export function replaceWorkerHint(
  place: LogPlace,
  instance: { readonly instanceId: string; readonly name?: string },
): string {
  return place.kind === "lab"
    ? labCommand.fault("replace", instance.instanceId)
    : `aws autoscaling terminate-instance-in-auto-scaling-group --region ${place.region} ` +
        `--instance-id ${instance.instanceId} --no-should-decrement-desired-capacity`;
}

function silentGroupHint(region: string, group: string): string {
  return `aws autoscaling describe-scaling-activities --region ${region} --auto-scaling-group-name ${group}`;
}
