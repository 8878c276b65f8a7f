import type { ITerraformDependable } from "cdktf";

/** The network a cluster's nodes are in, made by `SwarmNetwork` or there before. */
export interface ISwarmNetwork {
  readonly vpcId: string;
  /** Primary IPv4 block of the VPC. */
  readonly vpcCidr: string;
  /** Availability zones in their fixed order. */
  readonly availabilityZones: readonly string[];
  /** Subnets the nodes are launched in, one per availability zone, in the same order. */
  readonly nodeSubnetIds: readonly string[];
  /** Subnets for load balancers, one per availability zone, in the same order; none in an isolated network. */
  readonly publicSubnetIds: readonly string[];
  /** Whether a node needs a public address to reach anything outside of the VPC. */
  readonly assignsPublicAddresses: boolean;
  /**
   * What nodes must depend on: routes, associations and endpoints. Without them a node boots into a network with no
   * way out, and on destroy loses it while it still has to drain.
   */
  readonly dependables: readonly ITerraformDependable[];
}

/** The subnet of one tier in one availability zone. */
export interface ZoneSubnet {
  readonly zone: string;
  readonly subnetId: string;
}

/** A network that was there before: what is needed of it. */
export interface SwarmNetworkAttributes {
  readonly vpcId: string;
  /** Primary IPv4 block of the VPC, known at synth, so that it can be compared with the overlay networks' pool. */
  readonly vpcCidr: string;
  /** Availability zones in an order that stays. */
  readonly availabilityZones: readonly string[];
  /** Subnets for the nodes, one per availability zone, in the same order. */
  readonly nodeSubnetIds: readonly string[];
  /**
   * Subnets for load balancers, one per availability zone, in the same order.
   *
   * @default - none
   */
  readonly publicSubnetIds?: readonly string[];
  /**
   * Whether the nodes' subnets route to an internet gateway, so that a node needs a public address to get out.
   *
   * @default false
   */
  readonly assignsPublicAddresses?: boolean;
}
