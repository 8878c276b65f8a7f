import type { CreateAutoScalingGroupCommandInput } from "@aws-sdk/client-auto-scaling";
import { AutoScalingClient, CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { RequestLaunchTemplateData } from "@aws-sdk/client-ec2";
import { CreateLaunchTemplateCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { AccountInstance, AccountState } from "../../../lib/lab/emulator/account-state";
import { type Moto, type MotoOptions, startMoto } from "../../../lib/lab/emulator/moto";

const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
/** The first start on a machine installs the emulator. */
export const START_TIMEOUT_MS = 240_000;
const POLL_MS = 50;

/** An instance as the emulator tells it, with what the hosts have no use for. */
export type LabInstance = AccountInstance & { readonly launchTemplateVersion: string | null };

type LabState = Omit<AccountState, "instances"> & { readonly instances: readonly LabInstance[] };

/** A running emulator with clients, and short ways to what many tests need. */
export class Account {
  public readonly ec2: EC2Client;
  public readonly scaling: AutoScalingClient;
  private names = 0;

  private constructor(public readonly moto: Moto) {
    const options = { endpoint: moto.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
    this.ec2 = new EC2Client(options);
    this.scaling = new AutoScalingClient(options);
  }

  public static async start(options: MotoOptions = {}): Promise<Account> {
    return new Account(await startMoto(options));
  }

  public name(prefix: string): string {
    this.names += 1;
    return `${prefix}-${this.names}`;
  }

  public async state(): Promise<LabState> {
    const response = await fetch(`${this.moto.url}/lab/state`);
    return (await response.json()) as LabState;
  }

  /** A request to a service whose protocol is plain JSON over HTTP. */
  public async rest(service: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const credential = `Credential=AKIATEST/20260101/${REGION}/${service}/aws4_request`;
    const response = await fetch(`${this.moto.url}${path}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  public async vpc(): Promise<string> {
    const { Vpc } = await this.ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
    return Vpc?.VpcId ?? "";
  }

  public async subnet(vpcId: string, cidr: string, zone = "a"): Promise<string> {
    const { Subnet } = await this.ec2.send(
      new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: cidr, AvailabilityZone: `${REGION}${zone}` }),
    );
    return Subnet?.SubnetId ?? "";
  }

  public async launchTemplate(data: RequestLaunchTemplateData = {}): Promise<string> {
    const { LaunchTemplate } = await this.ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: this.name("template"),
        LaunchTemplateData: { ImageId: "ami-0cd7f5aa3e0000001", InstanceType: "t3.small", ...data },
      }),
    );
    return LaunchTemplate?.LaunchTemplateId ?? "";
  }

  /** An instance profile with a role of its own, both of this name. */
  public async profile(): Promise<string> {
    const name = this.name("role");
    await this.iam({ Action: "CreateRole", RoleName: name, AssumeRolePolicyDocument: "{}" });
    await this.iam({ Action: "CreateInstanceProfile", InstanceProfileName: name });
    await this.iam({ Action: "AddRoleToInstanceProfile", InstanceProfileName: name, RoleName: name });
    return name;
  }

  private async iam(parameters: Readonly<Record<string, string>>): Promise<void> {
    const credential = `Credential=AKIATEST/20260101/${REGION}/iam/aws4_request`;
    const response = await fetch(this.moto.url, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ Version: "2010-05-08", ...parameters }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  }

  /** A group over three zones of a network of its own; its name. */
  public async group(options: Partial<CreateAutoScalingGroupCommandInput> = {}): Promise<string> {
    const name = this.name("group");
    const vpcId = await this.vpc();
    const subnets = [
      await this.subnet(vpcId, "10.20.0.0/24", "a"),
      await this.subnet(vpcId, "10.20.1.0/24", "b"),
      await this.subnet(vpcId, "10.20.2.0/24", "c"),
    ];
    await this.scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 6,
        DesiredCapacity: 1,
        VPCZoneIdentifier: subnets.join(","),
        LaunchTemplate: { LaunchTemplateId: await this.launchTemplate(), Version: "1" },
        ...options,
      }),
    );
    return name;
  }

  /** The instances of a group, ended ones too, oldest first. */
  public async instancesOf(group: string): Promise<LabInstance[]> {
    const { instances } = await this.state();
    return instances
      .filter((instance) => instance.autoScalingGroup === group)
      .sort((a, b) => a.launchTime.localeCompare(b.launchTime));
  }

  /** Waits until the group's instances, `terminated` ones left out, are in these lifecycle states. */
  public async settled(group: string, ...lifecycleStates: readonly string[]): Promise<LabInstance[]> {
    const wanted = [...lifecycleStates].sort().join(" ");
    return until(`${group}: ${wanted}`, async () => {
      const present = (await this.instancesOf(group)).filter((instance) => instance.state !== "terminated");
      const actual = present.map((instance) => instance.lifecycleState).sort();
      return actual.join(" ") === wanted ? present : undefined;
    });
  }
}

/** Polls until there is a value; fails after ten seconds. */
export async function until<T>(what: string, poll: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const value = await poll();
    if (value !== undefined) return value;
    await delay(POLL_MS);
  }
  throw new Error(`never came: ${what}`);
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
