import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { SlotGroups } from "../ports";
import type { AwsOptions } from "./options";

/** {@link SlotGroups} by TerminateInstanceInAutoScalingGroup; the client is loaded when a manager is replaced. */
export class AutoScalingSlotGroups implements SlotGroups {
  private client: AutoScalingClient | undefined;

  public constructor(private readonly options: AwsOptions) {}

  public async replace(instanceId: string): Promise<"done" | "not in a group"> {
    const { AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } = await import("./auto-scaling-client.js");
    this.client ??= new AutoScalingClient(this.options);
    const input = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: false };
    try {
      await this.client.send(new TerminateInstanceInAutoScalingGroupCommand(input));
      return "done";
    } catch (error) {
      // ValidationError: Instance Id not found - No managed instance found for instance ID: i-…
      if (error instanceof Error && /no managed instance found|instance id not found/i.test(error.message)) {
        return "not in a group";
      }
      throw error;
    }
  }
}
