import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { NatGateways } from "./nat-gateways";
import type { ZoneSubnet } from "./network";
import type { ZoneSubnets } from "./subnet-plan";

const ANYWHERE = "0.0.0.0/0";

export interface PublicSubnetsProps {
  readonly clusterName: string;
  readonly vpcId: string;
  readonly plan: readonly ZoneSubnets[];
}

/** Defines a public subnet in each zone, with one route table for all, whose way out is the internet gateway. */
export class PublicSubnets extends Construct {
  public readonly internetGateway: InternetGateway;
  public readonly subnets: readonly ZoneSubnet[];
  public readonly routeTableIds: readonly string[];
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: PublicSubnetsProps) {
    super(scope, id);
    const { clusterName, vpcId } = props;
    this.internetGateway = new InternetGateway(this, "InternetGateway", { vpcId, tags: { Name: clusterName } });
    const table = new RouteTable(this, "RouteTable", { vpcId, tags: { Name: `${clusterName}-public` } });
    const route = new Route(this, "DefaultRoute", {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      gatewayId: this.internetGateway.id,
    });
    const zones = props.plan.map(({ zone, publicCidr }) => {
      const subnet = addSubnet(this, vpcId, zone, publicCidr, `${clusterName}-public-${zone}`);
      return { zone, subnetId: subnet.id, association: associate(this, zone, subnet, table) };
    });
    this.subnets = zones;
    this.routeTableIds = [table.id];
    this.dependables = [route, ...zones.map(({ association }) => association)];
  }
}

export interface PrivateSubnetsProps extends PublicSubnetsProps {
  /**
   * Ways out.
   *
   * @default - none
   */
  readonly natGateways?: NatGateways;
}

/**
 * Defines a private subnet in each zone, with a route table each, so that going from one NAT gateway to one per zone
 * changes nothing but routes.
 */
export class PrivateSubnets extends Construct {
  public readonly subnets: readonly ZoneSubnet[];
  public readonly routeTableIds: readonly string[];
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: PrivateSubnetsProps) {
    super(scope, id);
    const { clusterName, vpcId } = props;
    const zones = props.plan.map(({ zone, privateCidr }) => {
      const name = `${clusterName}-private-${zone}`;
      const subnet = addSubnet(this, vpcId, zone, privateCidr, name);
      const table = new RouteTable(this, `RouteTable-${zone}`, { vpcId, tags: { Name: name } });
      const routes = this.addDefaultRoute(zone, table, props.natGateways);
      const dependables = [...routes, associate(this, zone, subnet, table)];
      return { zone, subnetId: subnet.id, routeTableId: table.id, dependables };
    });
    this.subnets = zones;
    this.routeTableIds = zones.map(({ routeTableId }) => routeTableId);
    this.dependables = zones.flatMap(({ dependables }) => dependables);
  }

  private addDefaultRoute(zone: string, table: RouteTable, gateways: NatGateways | undefined): readonly Route[] {
    const gateway = gateways?.forZone(zone);
    if (gateway === undefined) return [];
    return [
      new Route(this, `DefaultRoute-${zone}`, {
        routeTableId: table.id,
        destinationCidrBlock: ANYWHERE,
        natGatewayId: gateway.id,
      }),
    ];
  }
}

function addSubnet(scope: Construct, vpcId: string, zone: string, cidrBlock: string, name: string): Subnet {
  return new Subnet(scope, `Subnet-${zone}`, {
    vpcId,
    availabilityZone: zone,
    cidrBlock,
    // What needs a public address asks for one: nodes do in their launch template, NAT gateways have their own.
    mapPublicIpOnLaunch: false,
    tags: { Name: name },
  });
}

function associate(scope: Construct, zone: string, subnet: Subnet, table: RouteTable): RouteTableAssociation {
  return new RouteTableAssociation(scope, `Association-${zone}`, { subnetId: subnet.id, routeTableId: table.id });
}
