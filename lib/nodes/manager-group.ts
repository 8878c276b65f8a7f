import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { MAX_MANAGERS } from "../limits/constants";
import { managerCount } from "../limits/nodes";
import { physicalName } from "../naming";
import { PropsCheck } from "../validation";
import { managerGroupChecks } from "./checks";
import type { BoundImage } from "./machine-image";
import { GROUP_DELETE_TIMEOUT, groupDependencies, type NodeGroupProps } from "./node-group";
import { NodeLaunchTemplate, type NodeMachineOptions } from "./node-launch-template";

/** What the managers of a cluster are like. */
export interface ManagerGroupOptions extends NodeMachineOptions {
  /**
   * Number of managers: 1, 3, 5 or 7. Raft needs a majority of them, so an even one more adds nothing but risk.
   *
   * @default 3
   */
  readonly count?: number;
}

/** Properties of a {@link ManagerGroup}. */
export interface ManagerGroupProps extends NodeGroupProps, ManagerGroupOptions {
  /** Unique id of the workers' role, by which managers find the workers' records. */
  readonly workerRoleUniqueId: string;
  /**
   * ARN of the secret that holds the unlock key.
   *
   * @default - managers are not locked
   */
  readonly unlockKeySecret?: string;
}

/** The managers of a swarm: fixed slots, spread over the availability zones. */
export class ManagerGroup extends Construct {
  public readonly slots: readonly ManagerSlot[];
  /** Names of the slots' Auto Scaling groups, by slot. */
  public readonly groupNames: readonly string[];
  /** What workers depend on, so that on destroy they drain while there are managers left. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ManagerGroupProps) {
    super(scope, id);
    new PropsCheck(this).props(props, managerGroupChecks).throwIfFaulty();
    const count = props.count ?? managerCount.default;

    const slotGroups = managerGroupNames(props.clusterName);
    const image = props.image.bind(this, { instanceType: props.instanceType });
    this.slots = Array.from(
      { length: count },
      (_, slot) => new ManagerSlot(this, `Slot${slot}`, { ...props, slot, image, slotGroups }),
    );
    this.groupNames = this.slots.map(({ groupName }) => groupName);
    this.dependables = this.slots.map(({ resource }) => resource);
  }
}

/**
 * Names of the Auto Scaling groups of all slots a cluster can have, by slot, however many it has now: the managers that
 * run when slots are added are told nothing more.
 */
export function managerGroupNames(clusterName: string): readonly string[] {
  return Array.from({ length: MAX_MANAGERS }, (_, slot) => physicalName.managerGroup(clusterName, slot));
}

interface ManagerSlotProps extends Omit<ManagerGroupProps, "image"> {
  readonly slot: number;
  readonly image: BoundImage;
  /** Names of the groups of all slots there can be. */
  readonly slotGroups: readonly string[];
}

/**
 * The place of one manager, which outlives its instance: an Auto Scaling group of one, in one availability zone.
 *
 * It has no lifecycle hook. A launch hook waits for a swarm that the first managers have yet to form; a terminate hook
 * keeps a dead manager's successor waiting for an answer the dead cannot give, and who retires a living manager takes
 * it out of the swarm before.
 */
export class ManagerSlot extends Construct {
  /** Underlying Auto Scaling group, for properties this construct does not expose. */
  public readonly resource: AutoscalingGroup;
  public readonly launchTemplate: NodeLaunchTemplate;
  public readonly slot: number;
  public readonly groupName: string;
  /** Availability zone the slot's next instance is launched in. */
  public readonly availabilityZone: string;

  public constructor(scope: Construct, id: string, props: ManagerSlotProps) {
    super(scope, id);
    const { network, slot } = props;
    const zone = slot % network.availabilityZones.length;
    this.slot = slot;
    this.availabilityZone = network.availabilityZones[zone] ?? "";
    const name = physicalName.managerGroup(props.clusterName, slot);
    this.launchTemplate = this.createLaunchTemplate(props, name);

    this.resource = new AutoscalingGroup(this, "Resource", {
      name,
      minSize: 1,
      maxSize: 1,
      desiredCapacity: 1,
      vpcZoneIdentifier: network.nodeSubnetIds.slice(zone, zone + 1),
      launchTemplate: { id: this.launchTemplate.templateId, version: this.launchTemplate.latestVersion },
      healthCheckType: "EC2",
      // Only the leader, with a quorum in hand, may replace a manager; AWS would take several at once.
      suspendedProcesses: ["ReplaceUnhealthy", "AZRebalance"],
      // The readiness gate waits, and says what for; here one failed launch would taint the group.
      waitForCapacityTimeout: "0",
      timeouts: { delete: GROUP_DELETE_TIMEOUT },
    });
    this.resource.dependsOn = groupDependencies(this, props);
    this.groupName = this.resource.name;
  }

  private createLaunchTemplate(props: ManagerSlotProps, name: string): NodeLaunchTemplate {
    const { role, settings } = props;
    return new NodeLaunchTemplate(this, "LaunchTemplate", {
      ...props,
      name,
      imageId: props.image.imageId,
      instanceProfileName: role.instanceProfileName,
      settings: {
        schema: 1,
        ...settings,
        role: "manager",
        slot: this.slot,
        autoScalingGroup: name,
        slotGroups: props.slotGroups,
        roleUniqueId: role.uniqueId,
        workerRoleUniqueId: props.workerRoleUniqueId,
        managerInstanceProfile: role.instanceProfileName,
        unlockKeySecret: props.unlockKeySecret,
        labels: {},
      },
    });
  }
}
