import type { EC2Client, Instance as EC2Instance, InstanceStatus } from "@aws-sdk/client-ec2";
import type { Instance, Instances, InstancesAnswer, StatusCheck } from "../ports";
import type { AwsOptions } from "./options";

/** Instances asked about in one request; EC2 takes up to a thousand. */
const IDS_LIMIT = 200;
/** Tag by which Auto Scaling marks its instances; nobody else may write tags of this prefix. */
const GROUP_TAG = "aws:autoscaling:groupName";

/** {@link Instances} by the EC2 API; the client is loaded at the first question, which most nodes never ask. */
export class Ec2Instances implements Instances {
  private client: EC2Client | undefined;

  public constructor(private readonly options: AwsOptions) {}

  public async describe(instanceIds: readonly string[]): Promise<InstancesAnswer> {
    const { DescribeInstancesCommand } = await import("./ec2-client.js");
    const client = await this.connect();
    return ofKnown(instanceIds, async (InstanceIds) => {
      const found: Instance[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new DescribeInstancesCommand({ InstanceIds, NextToken }));
        found.push(...(page.Reservations ?? []).flatMap(({ Instances: each }) => (each ?? []).map(instanceOf)));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return found;
    });
  }

  public async statusChecks(instanceIds: readonly string[]): Promise<readonly StatusCheck[]> {
    const { DescribeInstanceStatusCommand } = await import("./ec2-client.js");
    const client = await this.connect();
    const { found } = await ofKnown(instanceIds, async (InstanceIds) => {
      const page = await client.send(new DescribeInstanceStatusCommand({ InstanceIds }));
      return (page.InstanceStatuses ?? []).map(checkOf);
    });
    return found;
  }

  private async connect(): Promise<EC2Client> {
    const { EC2Client } = await import("./ec2-client.js");
    this.client ??= new EC2Client(this.options);
    return this.client;
  }
}

/**
 * Asks about instances by id. EC2 then refuses the whole question for one that is gone and says which, and only that
 * is taken for "not found": an answer by filter may leave out what it did not get to.
 */
async function ofKnown<T>(
  instanceIds: readonly string[],
  ask: (instanceIds: string[]) => Promise<readonly T[]>,
): Promise<{ readonly found: readonly T[]; readonly missing: readonly string[] }> {
  const found: T[] = [];
  const missing: string[] = [];
  for (let start = 0; start < instanceIds.length; start += IDS_LIMIT) {
    let asked = instanceIds.slice(start, start + IDS_LIMIT);
    while (asked.length > 0) {
      try {
        found.push(...(await ask(asked)));
        break;
      } catch (error) {
        const unknown = unknownOf(error, asked);
        if (unknown.length === 0) throw error;
        missing.push(...unknown);
        asked = asked.filter((id) => !unknown.includes(id));
      }
    }
  }
  return { found, missing };
}

/** The instances that EC2 says not to know: "The instance IDs 'i-1, i-2' do not exist". */
function unknownOf(error: unknown, asked: readonly string[]): readonly string[] {
  if (!(error instanceof Error) || error.name !== "InvalidInstanceID.NotFound") return [];
  const named = new Set(error.message.match(/i-[0-9a-f]+/g));
  return asked.filter((id) => named.has(id));
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

/** Either check that fails is a failure: of the machine below, or of the system on it. */
function checkOf({ InstanceId, InstanceStatus: own, SystemStatus: system }: InstanceStatus): StatusCheck {
  const states = [own?.Status, system?.Status];
  const checks = states.includes("impaired") ? "impaired" : states.every((state) => state === "ok") ? "ok" : "unknown";
  return { instanceId: InstanceId ?? "", checks };
}
