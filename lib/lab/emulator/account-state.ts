/** What `GET /lab/state` of the emulator answers: the account as the hosts need it. */
export interface AccountState {
  /** Grows whenever anything below differs. */
  readonly version: number;
  readonly vpcs: readonly AccountVpc[];
  readonly subnets: readonly AccountSubnet[];
  readonly instances: readonly AccountInstance[];
  readonly rules: readonly AccountRule[];
}

export interface AccountVpc {
  readonly id: string;
  readonly cidr: string;
}

export interface AccountSubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly availabilityZone: string;
}

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export interface AccountInstance {
  readonly id: string;
  readonly state: InstanceState;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly availabilityZone: string;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  readonly securityGroupIds: readonly string[];
  /** Base64. */
  readonly userData: string | null;
  readonly instanceType: string;
  readonly imageId: string;
  readonly instanceProfileName: string | null;
  readonly roleName: string | null;
  readonly roleId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly autoScalingGroup: string | null;
  readonly lifecycleState: string | null;
  /** ISO 8601. */
  readonly launchTime: string;
  /** What EC2 has announced to a spot instance: what will be done to it, and when. */
  readonly spotAction?: { readonly action: string; readonly time: string } | null;
  /** Metadata options of the launch template. */
  readonly httpTokens?: "optional" | "required" | null;
  readonly httpPutResponseHopLimit?: number | null;
}

export interface AccountRule {
  readonly groupId: string;
  readonly direction: "ingress" | "egress";
  /** `tcp`, `udp`, `icmp`, `-1` for all, or a protocol number. */
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly cidr: string | null;
  readonly sourceGroupId: string | null;
}

/** Asks the emulator; `undefined` while it does not answer. */
export async function readAccount(endpoint: string): Promise<AccountState | undefined> {
  try {
    const response = await fetch(`${endpoint}/lab/state`, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? ((await response.json()) as AccountState) : undefined;
  } catch {
    return undefined;
  }
}

/** Instances that have, or shall have, a host. */
export function livingInstances(account: AccountState): AccountInstance[] {
  return account.instances.filter(({ state }) => state !== "terminated" && state !== "shutting-down");
}
