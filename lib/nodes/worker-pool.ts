import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { poolSizes } from "../limits/nodes";
import { physicalName } from "../naming";
import { PropsCheck } from "../validation";
import { workerPoolChecks } from "./checks";
import { GROUP_DELETE_TIMEOUT, groupDependencies, type NodeGroupProps } from "./node-group";
import { NodeLaunchTemplate, type NodeMachineOptions } from "./node-launch-template";

/** What the workers of a pool are like. */
export interface WorkerPoolOptions extends NodeMachineOptions {
  /**
   * Number of workers that each deploy sets, whatever scaling has made of it.
   *
   * @default - `min`, or 1 where that is not given either (0 where `max` is)
   */
  readonly desired?: number;
  /**
   * Fewest workers the pool may be scaled to.
   *
   * @default 0
   */
  readonly min?: number;
  /**
   * Most workers the pool may be scaled to.
   *
   * @default - twice the larger of `desired` and `min`
   */
  readonly max?: number;
  /**
   * Swarm node labels beside `az` and `pool`, for placement constraints.
   *
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Properties of a {@link WorkerPool}. */
export interface WorkerPoolProps extends NodeGroupProps, WorkerPoolOptions {
  /** Name of the pool, part of its Auto Scaling group's name. */
  readonly name: string;
}

/** Number of workers of a pool, with the defaults in place. */
export interface PoolSize {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

/** Name of the hook that keeps an instance out of service until its node is Ready. */
export const LAUNCH_HOOK = "launch";
/** Name of the hook that keeps an instance from ending before its node is drained. */
export const TERMINATE_HOOK = "terminate";

/** Workers that are alike and scaled together: an Auto Scaling group over all availability zones. */
export class WorkerPool extends Construct {
  /** Underlying Auto Scaling group, for properties this construct does not expose. */
  public readonly resource: AutoscalingGroup;
  public readonly launchTemplate: NodeLaunchTemplate;
  public readonly poolName: string;
  /** Name of the Auto Scaling group, known to Terraform once the group is there. */
  public readonly groupName: string;
  public readonly size: PoolSize;
  /** What there must be for the pool to be complete. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: WorkerPoolProps) {
    super(scope, id);
    new PropsCheck(this).props(props, workerPoolChecks).throwIfFaulty();
    this.poolName = props.name;
    this.size = poolSizes(props);
    const groupName = physicalName.workerGroup(props.clusterName, props.name);
    this.launchTemplate = this.createLaunchTemplate(props, groupName);

    this.resource = this.createGroup(props, groupName);
    this.groupName = this.resource.name;
    const terminateHook = new AutoscalingLifecycleHook(this, "TerminateHook", {
      name: TERMINATE_HOOK,
      autoscalingGroupName: this.resource.name,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: 300,
      defaultResult: "CONTINUE",
    });
    this.dependables = [this.resource, terminateHook];
  }

  private createGroup(props: WorkerPoolProps, name: string): AutoscalingGroup {
    const group = new AutoscalingGroup(this, "Resource", {
      name,
      minSize: this.size.min,
      maxSize: this.size.max,
      desiredCapacity: this.size.desired,
      vpcZoneIdentifier: [...props.network.nodeSubnetIds],
      launchTemplate: { id: this.launchTemplate.templateId, version: this.launchTemplate.latestVersion },
      healthCheckType: "EC2",
      // In the group from the start: the first instances are launched before a hook of its own could be there.
      initialLifecycleHook: [
        {
          name: LAUNCH_HOOK,
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          heartbeatTimeout: 900,
          defaultResult: "ABANDON",
        },
      ],
      // A change of it would replace the group, and so every worker in it.
      lifecycle: { ignoreChanges: ["initial_lifecycle_hook"] },
      // The readiness gate waits, and says what for; here one failed launch would taint the group.
      waitForCapacityTimeout: "0",
      timeouts: { delete: GROUP_DELETE_TIMEOUT },
    });
    group.dependsOn = groupDependencies(this, props);
    return group;
  }

  private createLaunchTemplate(props: WorkerPoolProps, name: string): NodeLaunchTemplate {
    const { role, settings } = props;
    return new NodeLaunchTemplate(this, "LaunchTemplate", {
      ...props,
      name,
      imageId: props.image.bind(this, { instanceType: props.instanceType }).imageId,
      instanceProfileName: role.instanceProfileName,
      settings: {
        schema: 1,
        ...settings,
        role: "worker",
        pool: this.poolName,
        autoScalingGroup: name,
        roleUniqueId: role.uniqueId,
        launchHook: LAUNCH_HOOK,
        terminateHook: TERMINATE_HOOK,
        labels: props.labels ?? {},
      },
    });
  }
}
