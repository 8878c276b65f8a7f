import type { AccountInstance, AccountRule, AccountState } from "../../lib/lab/emulator/account-state";

/** An instance of the account, running unless said otherwise. */
export function instance(id: string, change: Partial<AccountInstance> = {}): AccountInstance {
  return {
    id,
    state: "running",
    vpcId: "vpc-1",
    subnetId: "subnet-1",
    availabilityZone: "us-east-1a",
    privateIp: "10.20.1.10",
    publicIp: null,
    securityGroupIds: [],
    userData: null,
    instanceType: "t3.small",
    imageId: "ami-0123456789abcdef0",
    instanceProfileName: null,
    roleName: null,
    roleId: null,
    tags: {},
    autoScalingGroup: null,
    lifecycleState: null,
    launchTime: "2026-01-01T00:00:00Z",
    ...change,
  };
}

/** A rule of a security group: TCP from a group, unless said otherwise. */
export function rule(groupId: string, change: Partial<AccountRule> = {}): AccountRule {
  return {
    groupId,
    direction: "ingress",
    protocol: "tcp",
    fromPort: null,
    toPort: null,
    cidr: null,
    sourceGroupId: null,
    ...change,
  };
}

/** An account with these parts and nothing else. */
export function account(change: Partial<AccountState> = {}): AccountState {
  return { version: 1, vpcs: [], subnets: [], instances: [], rules: [], ...change };
}
