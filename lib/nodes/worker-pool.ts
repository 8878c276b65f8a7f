import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { physicalName, poolNameFault } from "../naming";
import { PropsCheck } from "../validation";
import { GROUP_DELETE_TIMEOUT, groupDependencies, type NodeGroupProps } from "./node-group";
import { NodeLaunchTemplate, type NodeMachineOptions } from "./node-launch-template";

/** What the workers of a pool are like. */
export interface WorkerPoolOptions extends NodeMachineOptions {
  /**
   * Number of workers a deploy sets.
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
   * @default - twice `desired`
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

// Set by the agent and the leader; a label of the pool must not stand for them.
const OWN_LABELS = ["az", "slot", "pool"];

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
    this.poolName = props.name;
    this.size = poolSize(props);
    new PropsCheck(this)
      .add(poolNameFault(props.name))
      .add(sizeFaults(this.size))
      .add(labelFaults(props.labels ?? {}))
      .add(props.image.fault(props))
      .throwIfFaulty();
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

function poolSize(options: WorkerPoolOptions): PoolSize {
  // A pool that may have no worker is not asked for one.
  const desired = options.desired ?? options.min ?? Math.min(1, options.max ?? 1);
  return { desired, min: options.min ?? 0, max: options.max ?? desired * 2 };
}

function sizeFaults({ desired, min, max }: PoolSize): string[] {
  const faults = Object.entries({ desired, min, max })
    .filter(([, size]) => !Number.isInteger(size) || size < 0)
    .map(([name, size]) => `${name} must be a whole number from 0 on, got ${size}`);
  if (faults.length > 0) return faults;
  if (desired < min) faults.push(`desired must be at least min (${min}), got ${desired}`);
  if (desired > max) faults.push(`desired must be at most max (${max}), got ${desired}; raise max`);
  return faults;
}

function labelFaults(labels: Readonly<Record<string, string>>): string[] {
  return OWN_LABELS.filter((key) => key in labels).map(
    (key) => `labels must not name "${key}", which every node has by itself; got ${JSON.stringify(labels[key])}`,
  );
}
