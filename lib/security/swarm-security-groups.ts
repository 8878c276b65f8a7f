import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_DATA_PATH_PORT } from "../limits/constants";
import { physicalName } from "../naming";
import type { DockerApiAccess } from "../registry/node-settings";
import { PropsCheck } from "../validation";
import { openingsOf, type SwarmAccessRule } from "./access-rule";
import { securityGroupChecks } from "./checks";
import { type Party, swarmPorts } from "./swarm-ports";

export interface SwarmSecurityGroupsProps {
  /** Names the groups. */
  readonly clusterName: string;
  readonly vpcId: string;
  /**
   * UDP port of the overlay networks' data path, as the nodes have it: 1024 to 49151.
   *
   * @default 4789
   */
  readonly dataPathPort?: number;
  /**
   * Whether managers and operators reach the Docker API (2375) of all nodes.
   *
   * @default "internal"
   */
  readonly dockerApi?: DockerApiAccess;
  /**
   * What is open to addresses outside of the cluster.
   *
   * @default - nothing
   */
  readonly accessRules?: readonly SwarmAccessRule[];
}

/**
 * Defines the security groups of a cluster: managers, workers, and operators (for instances that steer the cluster
 * from outside of it). Every rule is a resource of its own with exactly one source; inside the cluster that is a group.
 */
export class SwarmSecurityGroups extends Construct {
  public readonly managers: SecurityGroup;
  public readonly workers: SecurityGroup;
  public readonly operators: SecurityGroup;
  /** What nodes must depend on: without its rules a node can neither join nor download. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: SwarmSecurityGroupsProps) {
    super(scope, id);
    new PropsCheck(this).props(props, securityGroupChecks).throwIfFaulty();
    const dataPathPort = props.dataPathPort ?? DEFAULT_DATA_PATH_PORT;
    const accessRules = props.accessRules ?? [];

    this.managers = this.addGroup("managers", props, "Managers of the swarm");
    this.workers = this.addGroup("workers", props, "Workers of the swarm");
    this.operators = this.addGroup("operators", props, "Who may reach the Docker API of the swarm's nodes");
    this.dependables = [
      ...this.allowSwarmTraffic(dataPathPort, props.dockerApi),
      ...this.allowAccess(accessRules),
      ...this.allowEgress(),
    ];
  }

  public get managersId(): string {
    return this.managers.id;
  }

  public get workersId(): string {
    return this.workers.id;
  }

  public get operatorsId(): string {
    return this.operators.id;
  }

  private addGroup(party: Party, props: SwarmSecurityGroupsProps, description: string): SecurityGroup {
    return new SecurityGroup(this, party, {
      namePrefix: physicalName.securityGroupPrefix(props.clusterName, party),
      description,
      vpcId: props.vpcId,
      // Groups refer to each other: without this neither could be deleted before the other.
      revokeRulesOnDelete: true,
      tags: { Name: `${props.clusterName}-${party}` },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private allowSwarmTraffic(dataPathPort: number, dockerApi?: DockerApiAccess): readonly ITerraformDependable[] {
    return swarmPorts(dataPathPort, dockerApi).flatMap(({ name, from, to, protocol, fromPort, toPort, description }) =>
      from.flatMap((source) =>
        to.map(
          (target) =>
            new VpcSecurityGroupIngressRule(this, `${source}-to-${target}-${name}`, {
              securityGroupId: this[target].id,
              referencedSecurityGroupId: this[source].id,
              ipProtocol: protocol,
              fromPort,
              toPort,
              description,
            }),
        ),
      ),
    );
  }

  private allowAccess(rules: readonly SwarmAccessRule[]): readonly ITerraformDependable[] {
    return openingsOf(rules).map(
      ({ id, to, protocol, fromPort, toPort, cidr, description }) =>
        new VpcSecurityGroupIngressRule(this, id, {
          securityGroupId: this[to].id,
          cidrIpv4: cidr,
          ipProtocol: protocol,
          fromPort,
          toPort,
          description,
        }),
    );
  }

  /** AWS gives a new group a way out, but Terraform takes it away. */
  private allowEgress(): readonly ITerraformDependable[] {
    return (["managers", "workers", "operators"] as const).map(
      (party) =>
        new VpcSecurityGroupEgressRule(this, `${party}-to-anywhere`, {
          securityGroupId: this[party].id,
          cidrIpv4: "0.0.0.0/0",
          ipProtocol: "-1",
          description: "Images, packages and AWS APIs",
        }),
    );
  }
}
