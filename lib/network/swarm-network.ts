import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import * as limits from "../limits/network";
import { PropsCheck } from "../validation";
import { swarmNetworkChecks } from "./checks";
import { ImportedNetwork } from "./imported-network";
import { NatGateways, type NatMode } from "./nat-gateways";
import type { ISwarmNetwork, SwarmNetworkAttributes, ZoneSubnet } from "./network";
import { planSubnets, type ZoneSubnets } from "./subnet-plan";
import { PrivateSubnets, PublicSubnets } from "./subnets";
import { GatewayEndpoints, InterfaceEndpoints } from "./vpc-endpoints";

/** Which subnets nodes are in: `public` gives each a public address, `private` none. */
export type NodeSubnets = "public" | "private";

/** How a VPC for a cluster is laid out. */
export interface SwarmNetworkOptions {
  /** IPv4 block of the VPC: private, /16 to /24, no host bits. */
  readonly cidr: string;
  /**
   * Availability zones of the region, 1 to 6, in an order that stays: a zone's place decides its subnets' addresses.
   * Append new zones at the end.
   */
  readonly availabilityZones: readonly string[];
  /**
   * Subnets the nodes are in.
   *
   * @default "private"
   */
  readonly nodeSubnets?: NodeSubnets;
  /**
   * Way out of the private subnets. With private nodes and `none` the network is isolated: no internet gateway, and
   * interface endpoints for the AWS APIs that nodes call. Docker Hub cannot be reached from there.
   *
   * @default - "single" when nodes are private, otherwise "none"
   */
  readonly nat?: NatMode;
}

export interface SwarmNetworkProps extends SwarmNetworkOptions {
  /** Names the resources. */
  readonly clusterName: string;
  /** Region of the zones and the endpoints' services. */
  readonly region: string;
  /**
   * AWS services nodes call beside those every node calls; an isolated network has endpoints for them.
   *
   * @default - none
   */
  readonly services?: readonly string[];
}

/**
 * Defines a VPC with a private subnet in every zone, and beside it a public one unless the network is isolated.
 * DynamoDB and S3 are reached through gateway endpoints, which cost nothing.
 */
export class SwarmNetwork extends Construct implements ISwarmNetwork {
  /**
   * Uses a VPC that was there before. Its DNS flags, its block, and the zones of the nodes' subnets are checked when
   * Terraform reads them.
   */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: SwarmNetworkAttributes): ISwarmNetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  /** Underlying VPC, for properties this construct does not expose. */
  public readonly resource: Vpc;
  public readonly vpcCidr: string;
  public readonly availabilityZones: readonly string[];
  public readonly nodeSubnetIds: readonly string[];
  public readonly publicSubnetIds: readonly string[];
  public readonly assignsPublicAddresses: boolean;
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: SwarmNetworkProps) {
    super(scope, id);
    new PropsCheck(this).props(props, swarmNetworkChecks).throwIfFaulty();

    const nodeSubnets = props.nodeSubnets ?? limits.nodeSubnets.default;
    const nat = props.nat ?? limits.defaultNat(nodeSubnets);
    this.vpcCidr = props.cidr;
    this.availabilityZones = props.availabilityZones;
    this.assignsPublicAddresses = nodeSubnets === "public";
    this.resource = new Vpc(this, "Resource", {
      cidrBlock: props.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: props.clusterName },
    });

    const plan = planSubnets(props.cidr, props.availabilityZones);
    const tiers =
      nodeSubnets === "private" && nat === "none" ? this.addIsolatedTier(props, plan) : this.addTiers(props, plan, nat);
    this.publicSubnetIds = tiers.publicSubnetIds;
    this.nodeSubnetIds = this.assignsPublicAddresses ? tiers.publicSubnetIds : tiers.privateSubnetIds;

    const gatewayEndpoints = new GatewayEndpoints(this, "GatewayEndpoints", {
      clusterName: props.clusterName,
      region: props.region,
      vpcId: this.vpcId,
      routeTableIds: tiers.routeTableIds,
    });
    this.dependables = [...tiers.dependables, ...gatewayEndpoints.dependables];
  }

  public get vpcId(): string {
    return this.resource.id;
  }

  private addTiers({ clusterName }: SwarmNetworkProps, plan: readonly ZoneSubnets[], mode: NatMode): Tiers {
    const common = { clusterName, vpcId: this.vpcId, plan };
    const publicTier = new PublicSubnets(this, "Public", common);
    const { subnets, internetGateway } = publicTier;
    const natGateways = new NatGateways(this, "Nat", { clusterName, mode, subnets, internetGateway });
    const privateTier = new PrivateSubnets(this, "Private", { ...common, natGateways });
    return {
      publicSubnetIds: idsOf(publicTier.subnets),
      privateSubnetIds: idsOf(privateTier.subnets),
      routeTableIds: [...publicTier.routeTableIds, ...privateTier.routeTableIds],
      dependables: [...publicTier.dependables, ...privateTier.dependables],
    };
  }

  private addIsolatedTier(props: SwarmNetworkProps, plan: readonly ZoneSubnets[]): Tiers {
    const common = { clusterName: props.clusterName, vpcId: this.vpcId };
    const privateTier = new PrivateSubnets(this, "Private", { ...common, plan });
    const privateSubnetIds = idsOf(privateTier.subnets);
    const endpoints = new InterfaceEndpoints(this, "InterfaceEndpoints", {
      ...common,
      region: props.region,
      vpcCidr: props.cidr,
      services: props.services ?? [],
      subnetIds: privateSubnetIds,
    });
    return {
      publicSubnetIds: [],
      privateSubnetIds,
      routeTableIds: privateTier.routeTableIds,
      dependables: [...privateTier.dependables, ...endpoints.dependables],
    };
  }
}

/** What the network needs to know of its subnets. */
interface Tiers {
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly dependables: readonly ITerraformDependable[];
}

function idsOf(subnets: readonly ZoneSubnet[]): readonly string[] {
  return subnets.map(({ subnetId }) => subnetId);
}
