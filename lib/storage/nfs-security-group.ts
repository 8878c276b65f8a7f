import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming";

const NFS_PORT = 2049;

/** Properties of an {@link NfsSecurityGroup}. */
export interface NfsSecurityGroupProps {
  readonly vpcId: string;
  readonly clusterName: string;
  /** Distinguishes the group from others of the cluster, like `efs`. */
  readonly name: string;
}

/**
 * Security group of mount targets: nobody reaches them who is not let in. It has no way out, because a mount target
 * answers and never asks.
 */
export class NfsSecurityGroup extends Construct {
  /** Underlying security group, for properties this construct does not expose. */
  public readonly resource: SecurityGroup;
  public readonly securityGroupId: string;
  private readonly rules: VpcSecurityGroupIngressRule[] = [];

  public constructor(scope: Construct, id: string, props: NfsSecurityGroupProps) {
    super(scope, id);
    this.resource = new SecurityGroup(this, "Resource", {
      namePrefix: physicalName.securityGroupPrefix(props.clusterName, props.name),
      description: `NFS to the ${props.name} file systems of ${props.clusterName}`,
      vpcId: props.vpcId,
      revokeRulesOnDelete: true,
      lifecycle: { createBeforeDestroy: true },
    });
    this.securityGroupId = this.resource.id;
  }

  /** What a client must wait for before it mounts. */
  public get dependables(): readonly ITerraformDependable[] {
    return this.rules;
  }

  /**
   * Lets the members of another security group mount.
   *
   * @param client names the other side; part of the rule's identity, so keep it
   */
  public allowFrom(client: string, securityGroupId: string): void {
    this.rules.push(
      new VpcSecurityGroupIngressRule(this, `From-${client}`, {
        securityGroupId: this.securityGroupId,
        description: `NFS from ${client}`,
        ipProtocol: "tcp",
        fromPort: NFS_PORT,
        toPort: NFS_PORT,
        referencedSecurityGroupId: securityGroupId,
      }),
    );
  }
}
