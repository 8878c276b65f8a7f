import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming";

/** Services reached through route tables; these endpoints cost nothing, so every network has them. */
const GATEWAY_SERVICES = ["dynamodb", "s3"] as const;

/**
 * Services reached through interfaces where there is no way out: sessions (the first two, and `ec2messages` for older
 * agents), and what managers ask of EC2 and all nodes of Auto Scaling.
 */
const INTERFACE_SERVICES = ["ssm", "ssmmessages", "ec2", "ec2messages", "autoscaling"] as const;

export interface GatewayEndpointsProps {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
}

/** Defines the endpoints of DynamoDB and S3, in all route tables of a VPC. */
export class GatewayEndpoints extends Construct {
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: GatewayEndpointsProps) {
    super(scope, id);
    this.dependables = GATEWAY_SERVICES.map(
      (service) =>
        new VpcEndpoint(this, service, {
          vpcId: props.vpcId,
          vpcEndpointType: "Gateway",
          serviceName: `com.amazonaws.${props.region}.${service}`,
          routeTableIds: [...props.routeTableIds],
          tags: { Name: `${props.clusterName}-${service}` },
        }),
    );
  }
}

export interface InterfaceEndpointsProps {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  readonly vpcCidr: string;
  readonly subnetIds: readonly string[];
  /** Services beside those every node calls. */
  readonly services: readonly string[];
}

/** Defines the interface endpoints of an isolated network, and who may reach them. */
export class InterfaceEndpoints extends Construct {
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const group = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: physicalName.securityGroupPrefix(props.clusterName, "endpoints"),
      description: "Interface endpoints of the VPC",
      vpcId: props.vpcId,
      revokeRulesOnDelete: true,
      tags: { Name: `${props.clusterName}-endpoints` },
      lifecycle: { createBeforeDestroy: true },
    });
    const rules = this.allowVpc(group.id, props.vpcCidr);
    const endpoints = [...INTERFACE_SERVICES, ...props.services].map(
      (service) =>
        new VpcEndpoint(this, service, {
          vpcId: props.vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${props.region}.${service}`,
          subnetIds: [...props.subnetIds],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          tags: { Name: `${props.clusterName}-${service}` },
        }),
    );
    this.dependables = [...rules, ...endpoints];
  }

  /**
   * A block as source, not the nodes' groups: with private DNS everything in the VPC is led to these endpoints, so
   * whatever they refuse would be cut off from the service.
   */
  private allowVpc(securityGroupId: string, cidrIpv4: string): readonly ITerraformDependable[] {
    return [
      new VpcSecurityGroupIngressRule(this, "vpc-to-endpoints-https", {
        securityGroupId,
        cidrIpv4,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "AWS APIs, from anywhere in the VPC",
      }),
      new VpcSecurityGroupEgressRule(this, "endpoints-to-vpc", {
        securityGroupId,
        cidrIpv4,
        ipProtocol: "-1",
        description: "Within the VPC",
      }),
    ];
  }
}
