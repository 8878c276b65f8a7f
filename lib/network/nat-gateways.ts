import { Eip } from "@cdktf/provider-aws/lib/eip";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ZoneSubnet } from "./network";

/** Network address translation for private subnets: none, one gateway in the first zone, or one in each zone. */
export type NatMode = "none" | "single" | "per-zone";

export interface NatGatewaysProps {
  readonly clusterName: string;
  readonly mode: NatMode;
  /** Public subnets, in the order of the zones. */
  readonly subnets: readonly ZoneSubnet[];
  /** An address can be neither bound nor, on destroy, released in a VPC without it. */
  readonly internetGateway: ITerraformDependable;
}

/** Defines the NAT gateways of a network, each with an address of its own. */
export class NatGateways extends Construct {
  private readonly byZone: ReadonlyMap<string, NatGateway>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NatGatewaysProps,
  ) {
    super(scope, id);
    const { mode, subnets } = props;
    const homes = mode === "none" ? [] : mode === "single" ? subnets.slice(0, 1) : subnets;
    this.byZone = new Map(homes.map((home) => [home.zone, this.addGateway(home)]));
  }

  /** The gateway a zone's private subnet goes out by. */
  public forZone(zone: string): NatGateway | undefined {
    return this.props.mode === "single" ? [...this.byZone.values()][0] : this.byZone.get(zone);
  }

  private addGateway({ zone, subnetId }: ZoneSubnet): NatGateway {
    const tags = { Name: `${this.props.clusterName}-nat-${zone}` };
    const dependsOn = [this.props.internetGateway];
    const address = new Eip(this, `Address-${zone}`, { domain: "vpc", tags, dependsOn });
    return new NatGateway(this, `Gateway-${zone}`, { allocationId: address.allocationId, subnetId, tags, dependsOn });
  }
}
