import { DescribeInstancesCommand, type DescribeInstancesCommandInput, type EC2Client } from "@aws-sdk/client-ec2";
import { abortable } from "./abortable";
import type { InstanceState, InstanceStates, Instances } from "./instances";

// Imported when needed: the client is larger than all the rest.
export { EC2Client } from "@aws-sdk/client-ec2";

/** {@link Instances} by DescribeInstances, with the operator's credentials. */
export class Ec2Instances implements Instances {
  public constructor(private readonly client: Pick<EC2Client, "send">) {}

  public async states(instanceIds: readonly string[], signal?: AbortSignal): Promise<InstanceStates> {
    if (instanceIds.length === 0) return new Map();
    // By filter: asked by id, the answer fails as a whole for one instance that is gone.
    const found = await this.describe({ Filters: [{ Name: "instance-id", Values: [...instanceIds] }] }, signal);
    const states = new Map(found);
    for (const instanceId of instanceIds) {
      if (!states.has(instanceId) && (await this.isMissing(instanceId, signal))) states.set(instanceId, "missing");
    }
    return states;
  }

  private async describe(
    which: DescribeInstancesCommandInput,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [string, InstanceState])[]> {
    const found: (readonly [string, InstanceState])[] = [];
    let NextToken: string | undefined;
    do {
      const asked = this.client.send(new DescribeInstancesCommand({ ...which, NextToken }), { abortSignal: signal });
      const page = await abortable(asked, signal);
      for (const { InstanceId, State } of (page.Reservations ?? []).flatMap((each) => each.Instances ?? [])) {
        if (InstanceId !== undefined && State?.Name !== undefined) found.push([InstanceId, State.Name]);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  /** An answer that leaves an instance out proves nothing; that there is none, EC2 says when asked for it by its id. */
  private async isMissing(instanceId: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.describe({ InstanceIds: [instanceId] }, signal);
      return false;
    } catch (error) {
      if (error instanceof Error && error.name === "InvalidInstanceID.NotFound") return true;
      throw error;
    }
  }
}
