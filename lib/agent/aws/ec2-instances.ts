import type { EC2Client, Instance as EC2Instance } from "@aws-sdk/client-ec2";
import type { Instance, Instances } from "../ports";
import type { AwsOptions } from "./options";

/** Values a filter may have. */
const FILTER_LIMIT = 200;
/** Tag by which Auto Scaling marks its instances; nobody else may write tags of this prefix. */
const GROUP_TAG = "aws:autoscaling:groupName";

/** {@link Instances} by DescribeInstances; the client is loaded at the first question, which most nodes never ask. */
export class Ec2Instances implements Instances {
  private client: EC2Client | undefined;

  public constructor(private readonly options: AwsOptions) {}

  public async describe(instanceIds: readonly string[]): Promise<readonly Instance[]> {
    const { DescribeInstancesCommand, EC2Client } = await import("./ec2-client.js");
    this.client ??= new EC2Client(this.options);
    const found: Instance[] = [];
    for (let start = 0; start < instanceIds.length; start += FILTER_LIMIT) {
      // By filter: asked by id, the answer fails as a whole for one instance that is gone.
      const Filters = [{ Name: "instance-id", Values: instanceIds.slice(start, start + FILTER_LIMIT) }];
      let NextToken: string | undefined;
      do {
        const page = await this.client.send(new DescribeInstancesCommand({ Filters, NextToken }));
        found.push(...(page.Reservations ?? []).flatMap(({ Instances: each }) => (each ?? []).map(instanceOf)));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
    }
    return found;
  }
}

function instanceOf(instance: EC2Instance): Instance {
  return {
    instanceId: instance.InstanceId ?? "",
    state: instance.State?.Name ?? "pending",
    privateAddress: instance.PrivateIpAddress,
    autoScalingGroup: instance.Tags?.find((tag) => tag.Key === GROUP_TAG)?.Value,
    // arn:aws:iam::123456789012:instance-profile/path/name
    instanceProfile: instance.IamInstanceProfile?.Arn?.split("/").at(-1),
  };
}
