import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { type IResolvable, type ITerraformDependable, Op, ref, Token } from "cdktf";
import { Construct } from "constructs";
import { PropsCheck } from "../validation";
import type { ISwarmNetwork, SwarmNetworkAttributes } from "./network";
import { vpcCidrFault, zoneFaults } from "./network-faults";

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
    checkAttributes(this, attributes);
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

function checkAttributes(scope: Construct, attributes: SwarmNetworkAttributes): void {
  const { availabilityZones, nodeSubnetIds, publicSubnetIds } = attributes;
  new PropsCheck(scope)
    .add(knownFault("vpcCidr", attributes.vpcCidr))
    .add(knownFault("availabilityZones", availabilityZones))
    .add(knownFault("nodeSubnetIds", nodeSubnetIds))
    .value(attributes.vpcCidr, (cidr) => vpcCidrFault("vpcCidr", cidr))
    .value(availabilityZones, (zones) => zoneFaults(zones))
    .value(nodeSubnetIds, (ids) => onePerZoneFault("nodeSubnetIds", ids, availabilityZones))
    .value(publicSubnetIds, (ids) =>
      ids.length === 0 ? undefined : onePerZoneFault("publicSubnetIds", ids, availabilityZones),
    )
    .throwIfFaulty();
}

/** An attribute of the block that a condition is in. Text would not do: a token in it would lose its own braces. */
function self(attribute: string): IResolvable {
  return ref(`self.${attribute}`);
}

/** The elements of a list may be tokens, the list may not: how many nodes there are, and where, is decided at synth. */
function knownFault(name: string, value: unknown): string | undefined {
  return Token.isUnresolved(value) ? `${name} must be known at synth, got a Terraform expression` : undefined;
}

function onePerZoneFault(name: string, ids: readonly string[], zones: readonly string[]): string | undefined {
  if (ids.length === zones.length && new Set(ids).size === ids.length) return undefined;
  const got = ids.map((id) => (Token.isUnresolved(id) ? "an expression" : id)).join(", ");
  return `${name} must name one subnet for each of the ${zones.length} availability zones, got [${got}]`;
}
