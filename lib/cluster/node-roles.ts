import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { Construct } from "constructs";
import { physicalName } from "../naming";
import type { RegistryTable } from "../registry/registry-table";
import { NodeRole } from "../security/node-role";
import { managerStatements, type NodePolicyProps, poolStatements, workerStatements } from "../security/policies";
import type { PolicyStatement } from "../security/policy-statement";

/** Properties of {@link NodeRoles}. */
export interface NodeRolesProps {
  readonly clusterName: string;
  readonly region: string;
  readonly registry: RegistryTable;
  /** Names of the Auto Scaling groups of all slots the cluster can have. */
  readonly slotGroupNames: readonly string[];
  /** @default - unbounded */
  readonly permissionsBoundary?: string;
}

/** The two roles of a cluster's nodes. */
export class NodeRoles extends Construct {
  public readonly managers: NodeRole;
  public readonly workers: NodeRole;
  private readonly clusterName: string;
  private readonly policy: NodePolicyProps;

  public constructor(scope: Construct, id: string, props: NodeRolesProps) {
    super(scope, id);
    const { clusterName, permissionsBoundary } = props;
    this.clusterName = clusterName;
    this.policy = {
      partition: new DataAwsPartition(this, "Partition").partition,
      accountId: new DataAwsCallerIdentity(this, "Account").accountId,
      region: props.region,
      tableArn: props.registry.tableArn,
      slotGroupNames: props.slotGroupNames,
    };
    this.managers = new NodeRole(this, "Managers", {
      name: physicalName.managerRole(clusterName, props.region),
      statements: managerStatements(this.policy),
      permissionsBoundary,
    });
    this.workers = new NodeRole(this, "Workers", {
      name: physicalName.workerRole(clusterName, props.region),
      statements: workerStatements(this.policy),
      permissionsBoundary,
    });
  }

  /** Allows the workers of one more pool what those of any pool may do with their group. */
  public addPool(poolName: string): void {
    const groupName = physicalName.workerGroup(this.clusterName, poolName);
    this.workers.addToPolicy(
      ...poolStatements(this.policy, [groupName]).map((statement) => forPool(statement, poolName)),
    );
  }
}

/** Names of pools are lower-case, so an upper-case letter can stand for the hyphen a sid must not have. */
function forPool(statement: PolicyStatement, poolName: string): PolicyStatement {
  return { ...statement, sid: `${statement.sid}Of${poolName.replace(/-/g, "Z")}` };
}
