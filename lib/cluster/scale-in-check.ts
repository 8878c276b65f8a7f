import { DataAwsDynamodbTableItem } from "@cdktf/provider-aws/lib/data-aws-dynamodb-table-item";
import type { Precondition } from "cdktf";
import { Construct } from "constructs";
import { operatorCommand } from "../operator-commands";
import { PARTITION_KEY, recordKey } from "../registry/records";
import type { RegistryTable } from "../registry/registry-table";
import { registryTableName } from "../registry/table-name";
import { TerraformData } from "../terraform-data";

/** Properties of a {@link ScaleInCheck}. */
export interface ScaleInCheckProps {
  readonly clusterName: string;
  readonly region: string;
  readonly registry: RegistryTable;
  /** Number of slots the deploy leaves. */
  readonly slots: number;
}

/**
 * Refuses a plan that deletes the slot of a manager which is still in the swarm: too few of its members would be left
 * for a quorum, and from three managers to one, for ever. Who the managers are is read from the cluster's record while
 * Terraform plans, so that nothing is deleted yet.
 */
export class ScaleInCheck extends Construct {
  /** Underlying resource, which is nothing but the check. */
  public readonly resource: TerraformData;

  public constructor(scope: Construct, id: string, props: ScaleInCheckProps) {
    super(scope, id);
    const { registry } = props;
    const record = new DataAwsDynamodbTableItem(this, "Record", {
      // Not a reference, and the condition is another's: a change of the table, be it a tag, would put the reading off
      // until slots are being deleted.
      tableName: registryTableName(props.clusterName),
      key: JSON.stringify({ [PARTITION_KEY]: { S: recordKey.cluster } }),
      // What is read is kept in Terraform's state.
      projectionExpression: "managers",
      // Before the first deploy there is nothing to read.
      dependsOn: [...registry.dependables],
    });
    const item = `data.${record.terraformResourceType}.${record.friendlyUniqueId}.item`;
    this.resource = new TerraformData(this, "Resource", {
      lifecycle: { precondition: [this.noMemberLeaves(props, item)] },
    });
  }

  private noMemberLeaves({ clusterName, region, slots }: ScaleInCheckProps, item: string): Precondition {
    const members = `[for each in jsondecode(${item}).managers.L : tonumber(each.M.slot.N)]`;
    // Highest first, which is the order they can be retired in.
    const leaving = `reverse(sort([for slot in ${members} : slot if slot >= ${slots}]))`;
    // By name and region, since a cluster declared in a stack has no environment file.
    const command = operatorCommand.retire({ cluster: clusterName, region }, "${slot}");
    return {
      condition: `\${length(${leaving}) == 0}`,
      errorMessage:
        `${clusterName} is to have ${slots} manager slot${slots === 1 ? "" : "s"}, but of those to be deleted ` +
        `\${join(", ", ${leaving})} still hold managers of the swarm, which would lose its quorum. ` +
        `Retire them first, one after another:\n` +
        `\${join("\\n", [for slot in ${leaving} : "  ${command}"])}`,
    };
  }
}
