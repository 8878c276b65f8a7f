import type { Construct } from "constructs";
import type { ISwarmNetwork } from "../../lib/network";
import { MachineImage, type NodeGroupProps } from "../../lib/nodes";
import type { NodeSettings } from "../../lib/registry";
import { NodeRole } from "../../lib/security";

/** A network that costs nothing to make. */
export function network(overrides: Partial<ISwarmNetwork> = {}): ISwarmNetwork {
  return {
    vpcId: "vpc-1",
    vpcCidr: "10.20.0.0/16",
    availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    nodeSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    publicSubnetIds: [],
    assignsPublicAddresses: false,
    dependables: [],
    ...overrides,
  };
}

/** What a group of nodes needs of its cluster. */
export function nodeGroupProps(scope: Construct, overrides: Partial<NodeGroupProps> = {}): NodeGroupProps {
  return {
    clusterName: "apps",
    network: network(),
    securityGroupIds: ["sg-1"],
    role: overrides.role ?? new NodeRole(scope, "Role", { name: "apps-node", statements: [] }),
    image: MachineImage.fromId("ami-0123456789abcdef0"),
    settings: {
      cluster: "apps",
      table: "apps-registry",
      region: "eu-west-1",
      nonce: "nonce-1",
      slots: 3,
      dockerApi: "internal",
      swarm: nodeSettings().swarm,
    },
    ...overrides,
  };
}

/** Settings of a worker. */
export function nodeSettings(overrides: Partial<NodeSettings> = {}): NodeSettings {
  return {
    schema: 1,
    cluster: "apps",
    table: "apps-registry",
    region: "eu-west-1",
    nonce: "nonce-1",
    role: "worker",
    slots: 3,
    pool: "general",
    autoScalingGroup: "apps-worker-general",
    roleUniqueId: "AROA1",
    labels: {},
    swarm: {
      addressPool: "10.255.0.0/16",
      addressPoolMaskLength: 24,
      dataPathPort: 4789,
      heartbeatSeconds: 5,
      certExpiryHours: 2160,
      taskHistoryLimit: 5,
    },
    dockerApi: "internal",
    ...overrides,
  };
}
