import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { type IResolvable, type ITerraformDependable, Op, ref } from "cdktf";
import { Construct } from "constructs";
import { PropsCheck } from "../validation";
import { importedNetworkChecks } from "./checks";
import type { ISwarmNetwork, SwarmNetworkAttributes } from "./network";

/**
 * A network that was there before. What it must be like is checked when Terraform reads it, before any node is made:
 * a swarm in a VPC without DNS, or with a subnet in another zone than said, fails in ways that are hard to read.
 */
export class ImportedNetwork extends Construct implements ISwarmNetwork {
  public readonly vpcId: string;
  public readonly vpcCidr: string;
  public readonly availabilityZones: readonly string[];
  public readonly nodeSubnetIds: readonly string[];
  public readonly publicSubnetIds: readonly string[];
  public readonly assignsPublicAddresses: boolean;
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, attributes: SwarmNetworkAttributes) {
    super(scope, id);
    new PropsCheck(this).props(attributes, importedNetworkChecks).throwIfFaulty();
    this.vpcId = attributes.vpcId;
    this.vpcCidr = attributes.vpcCidr;
    this.availabilityZones = attributes.availabilityZones;
    this.nodeSubnetIds = attributes.nodeSubnetIds;
    this.publicSubnetIds = attributes.publicSubnetIds ?? [];
    this.assignsPublicAddresses = attributes.assignsPublicAddresses ?? false;
    this.dependables = [this.readVpc(), ...this.availabilityZones.map((zone, index) => this.readSubnet(zone, index))];
  }

  private readVpc(): DataAwsVpc {
    return new DataAwsVpc(this, "Vpc", {
      id: this.vpcId,
      lifecycle: {
        postcondition: [
          {
            condition: Op.and(self("enable_dns_support"), self("enable_dns_hostnames")),
            errorMessage: "The VPC must have DNS support and DNS hostnames enabled.",
          },
          {
            condition: Op.eq(self("cidr_block"), this.vpcCidr),
            errorMessage: `The primary block of the VPC is not ${this.vpcCidr}; set vpcCidr to what it is.`,
          },
        ],
      },
    });
  }

  private readSubnet(zone: string, index: number): DataAwsSubnet {
    return new DataAwsSubnet(this, `NodeSubnet-${zone}`, {
      id: this.nodeSubnetIds[index],
      lifecycle: {
        postcondition: [
          {
            condition: Op.and(Op.eq(self("vpc_id"), this.vpcId), Op.eq(self("availability_zone"), zone)),
            errorMessage: `nodeSubnetIds[${index}] must be a subnet of the VPC in ${zone}.`,
          },
        ],
      },
    });
  }
}

/** An attribute of the block that a condition is in. Text would not do: a token in it would lose its own braces. */
function self(attribute: string): IResolvable {
  return ref(`self.${attribute}`);
}
