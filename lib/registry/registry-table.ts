import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { TerraformData } from "../terraform-data";
import { PARTITION_KEY, type Phase, recordKey, SCHEMA_VERSION } from "./records";
import { registryTableName } from "./table-name";

/** Properties of a {@link RegistryTable}. */
export interface RegistryTableProps {
  /** Name of the cluster, from which the table's name is made. */
  readonly clusterName: string;
  /**
   * Whether AWS refuses to delete the table. It also stops `destroy`, which is to leave nothing behind.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;
}

/**
 * The registry of a cluster: the table in which its nodes find each other. It is part of the stack, so that no record
 * of a destroyed cluster outlives it.
 */
export class RegistryTable extends Construct {
  /** Underlying table, for properties this construct does not expose. */
  public readonly resource: DynamodbTable;
  /** Name of the table, known to Terraform once the table is there; `registryTableName` says it at synth. */
  public readonly tableName: string;
  public readonly tableArn: string;
  /** Identifies this life of the cluster: nodes whose settings carry another one neither found nor join. */
  public readonly nonce: string;
  /** What a node must wait for before it reads the registry. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: RegistryTableProps) {
    super(scope, id);
    const name = registryTableName(props.clusterName);

    this.resource = new DynamodbTable(this, "Resource", {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: PARTITION_KEY,
      attribute: [{ name: PARTITION_KEY, type: "S" }],
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: props.deletionProtection ?? false,
    });
    this.tableName = this.resource.name;
    this.tableArn = this.resource.arn;

    // A table of another name is another life: without a new nonce, nodes of the old one would found a second swarm.
    const nonce = new TerraformData(this, "Nonce", { triggersReplace: { table: name } });
    this.nonce = nonce.id;

    const seed = new DynamodbTableItem(this, "Seed", {
      tableName: this.tableName,
      hashKey: this.resource.hashKey,
      item: seedItem(this.nonce),
      // The provider reads the live record, which nodes have written since, and an update would put the seed back.
      lifecycle: { ignoreChanges: ["item"] },
    });
    this.dependables = [seed];
  }
}

/** The cluster record as nodes find it at first, in DynamoDB's typed JSON. */
function seedItem(nonce: string): string {
  const phase: Phase = "unclaimed";
  return JSON.stringify({
    [PARTITION_KEY]: { S: recordKey.cluster },
    schema: { N: String(SCHEMA_VERSION) },
    minWriter: { N: String(SCHEMA_VERSION) },
    writeId: { S: "seed" },
    nonce: { S: nonce },
    phase: { S: phase },
    epoch: { N: "0" },
    renewal: { N: "0" },
    generation: { N: "0" },
    managers: { L: [] },
    abandoned: { L: [] },
  });
}
