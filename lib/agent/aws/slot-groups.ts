import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { SlotGroup, SlotGroups } from "../ports";
import type { AwsOptions } from "./options";

/** States of instances that a group is ending, or gives away. */
const IS_LEAVING = /^(Terminat|Detach)/;

/** {@link SlotGroups} by Auto Scaling; the client is loaded by who leads. */
export class AutoScalingSlotGroups implements SlotGroups {
  private client: AutoScalingClient | undefined;

  public constructor(private readonly options: AwsOptions) {}

  /** In one page: it has room for 50 groups, and a cluster has at most seven slots. */
  public async instances(groups: readonly string[]): Promise<readonly SlotGroup[]> {
    const { DescribeAutoScalingGroupsCommand } = await import("./auto-scaling-client.js");
    const client = await this.connect();
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...groups] });
    const { AutoScalingGroups = [] } = await client.send(command);
    return AutoScalingGroups.map(({ AutoScalingGroupName = "", Instances = [] }) => ({
      group: AutoScalingGroupName,
      instanceIds: Instances.filter(({ LifecycleState = "" }) => !IS_LEAVING.test(LifecycleState)).flatMap(
        ({ InstanceId }) => InstanceId ?? [],
      ),
    }));
  }

  public async replace(instanceId: string): Promise<"done" | "not in a group"> {
    const { TerminateInstanceInAutoScalingGroupCommand } = await import("./auto-scaling-client.js");
    const client = await this.connect();
    const input = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: false };
    try {
      await client.send(new TerminateInstanceInAutoScalingGroupCommand(input));
      return "done";
    } catch (error) {
      // ValidationError: Instance Id not found - No managed instance found for instance ID: i-…
      if (error instanceof Error && /no managed instance found|instance id not found/i.test(error.message)) {
        return "not in a group";
      }
      throw error;
    }
  }

  private async connect(): Promise<AutoScalingClient> {
    const { AutoScalingClient } = await import("./auto-scaling-client.js");
    this.client ??= new AutoScalingClient(this.options);
    return this.client;
  }
}
