import { DataAwsDynamodbTableItem } from "@cdktf/provider-aws/lib/data-aws-dynamodb-table-item";
import { type TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { PARTITION_KEY, recordKey } from "../registry/records";
import type { RegistryTable } from "../registry/registry-table";

/** Properties of a {@link ScaleInCheck}. */
export interface ScaleInCheckProps {
  readonly clusterName: string;
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
  /** Terraform's expression for the slots that a deploy deletes and whose managers are members, highest first. */
  private readonly leaving: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ScaleInCheckProps,
  ) {
    super(scope, id);
    const { registry, slots } = props;
    const record = new DataAwsDynamodbTableItem(this, "Record", {
      // Not a reference, and no condition of its own: a change of the table, be it a tag, would put the reading off
      // until slots are being deleted.
      tableName: registry.tableName,
      key: JSON.stringify({ [PARTITION_KEY]: { S: recordKey.cluster } }),
      // What is read is kept in Terraform's state.
      projectionExpression: "managers",
      // Before the first deploy there is nothing to read.
      dependsOn: [...registry.dependables],
    });
    const item = `data.${record.terraformResourceType}.${record.friendlyUniqueId}.item`;
    const members = `[for each in jsondecode(${item}).managers.L : tonumber(each.M.slot.N)]`;
    this.leaving = `reverse(sort([for slot in ${members} : slot if slot >= ${slots}]))`;
  }

  /** Makes the plan depend on the check: an output is judged in every plan but that of a destroy. */
  public guard(output: TerraformOutput): void {
    const { clusterName, slots } = this.props;
    const command = `cdktf-swarm managers retire ${TerraformStack.of(this).node.id}`;
    // CDKTF takes a precondition of an output, and leaves it out.
    output.addOverride("precondition", {
      condition: `\${length(${this.leaving}) == 0}`,
      error_message:
        `${clusterName} is to have ${slots} manager slot${slots === 1 ? "" : "s"}, but of those to be deleted ` +
        `\${join(", ", ${this.leaving})} still hold managers of the swarm, which would lose its quorum. ` +
        `Retire them first, one after another:\n` +
        `\${join("\\n", [for slot in ${this.leaving} : "  ${command} \${slot}"])}`,
    });
  }
}
