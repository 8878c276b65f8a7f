import { type AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { CLUSTER_TAG } from "../naming";
import type { GroupSize, GroupSizes } from "./group-sizes";

// Imported when needed: the client is large.
export { AutoScalingClient } from "@aws-sdk/client-auto-scaling";

/** {@link GroupSizes} by DescribeAutoScalingGroups, with the operator's credentials. */
export class AutoScalingSizes implements GroupSizes {
  public constructor(private readonly client: AutoScalingClient) {}

  public async of(cluster: string, signal?: AbortSignal): Promise<readonly GroupSize[]> {
    const sizes: GroupSize[] = [];
    const input = { Filters: [{ Name: `tag:${CLUSTER_TAG}`, Values: [cluster] }] };
    for await (const page of paginateDescribeAutoScalingGroups({ client: this.client }, input, {
      abortSignal: signal,
    })) {
      for (const { AutoScalingGroupName, DesiredCapacity } of page.AutoScalingGroups ?? []) {
        if (AutoScalingGroupName === undefined || DesiredCapacity === undefined) continue;
        sizes.push({ group: AutoScalingGroupName, desired: DesiredCapacity });
      }
    }
    return sizes;
  }
}
