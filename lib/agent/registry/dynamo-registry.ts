import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { plainItem } from "../../registry/attribute-values";
import {
  type ClusterRecord,
  PARTITION_KEY,
  recordKey,
  SCHEMA_VERSION,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../registry/records";
import type { Change, ChangeResult, Condition, RecordUpdate, Registry, RegistryTable } from "../ports";
import { holds } from "./conditions";
import { Expressions } from "./expressions";
import { SCANNED_ATTRIBUTES, tableOf } from "./table";

/** No agent writes a record that only newer agents understand (P17). */
const MAY_WRITE: Condition = {
  any: [
    { field: "minWriter", is: "absent" },
    { field: "minWriter", is: "at most", value: SCHEMA_VERSION },
  ],
};

/** {@link Registry} over the DynamoDB table. */
export class DynamoRegistry implements Registry {
  public constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly tableName: string,
    private readonly newWriteId: () => string,
  ) {}

  public cluster(): Promise<ClusterRecord | undefined> {
    return this.get<ClusterRecord>(recordKey.cluster);
  }

  public slot(slot: number): Promise<SlotRecord | undefined> {
    return this.get<SlotRecord>(recordKey.slot(slot));
  }

  public workerToken(): Promise<WorkerTokenRecord | undefined> {
    return this.get<WorkerTokenRecord>(recordKey.workerToken);
  }

  public tombstone(nodeId: string): Promise<TombstoneRecord | undefined> {
    return this.get<TombstoneRecord>(recordKey.removing(nodeId));
  }

  public async table(): Promise<RegistryTable> {
    const items: Record<string, unknown>[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.client.send(
        new ScanCommand({
          TableName: this.tableName,
          ConsistentRead: true,
          ProjectionExpression: SCANNED_ATTRIBUTES.map((name) => `#${name}`).join(", "),
          ExpressionAttributeNames: Object.fromEntries(SCANNED_ATTRIBUTES.map((name) => [`#${name}`, name])),
          ExclusiveStartKey: startKey,
        }),
      );
      items.push(...(page.Items ?? []).map(plainItem));
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return tableOf(items);
  }

  public async change(change: Change): Promise<ChangeResult> {
    const writeId = this.newWriteId();
    const { updates, checks = [] } = change;
    try {
      if (updates.length === 1 && checks.length === 0)
        await this.client.send(new UpdateItemCommand(this.update(updates[0], writeId)));
      else await this.client.send(this.transaction(change, writeId));
      return { made: true };
    } catch (error) {
      const refusedBy = refusalOf(
        error,
        [...updates, ...checks].map(({ key }) => key),
      );
      if (refusedBy === undefined) throw error;
      return (await this.wasMade(change, writeId)) ? { made: true } : { made: false, refusedBy };
    }
  }

  /** A refused write may be a repetition of one whose answer was lost: the record tells (P2). */
  private async wasMade({ updates, confirmedBy }: Change, writeId: string): Promise<boolean> {
    const record = await this.get<Record<string, unknown>>(updates[0].key);
    if (record === undefined) return false;
    return record["writeId"] === writeId || (confirmedBy?.every((condition) => holds(condition, record)) ?? false);
  }

  private transaction({ updates, checks = [] }: Change, writeId: string): TransactWriteItemsCommand {
    const items: TransactWriteItem[] = [
      ...updates.map((update) => ({ Update: this.update(update, writeId) })),
      ...checks.map(({ key, when }) => {
        const expressions = new Expressions();
        const ConditionExpression = expressions.condition(when);
        return {
          ConditionCheck: {
            ...this.key(key),
            ConditionExpression,
            ExpressionAttributeNames: expressions.names,
            ExpressionAttributeValues: expressions.values,
          },
        };
      }),
    ];
    return new TransactWriteItemsCommand({ TransactItems: items });
  }

  private update({ key, set, remove, when }: RecordUpdate, writeId: string) {
    const expressions = new Expressions();
    const stamped = { ...set, schema: SCHEMA_VERSION, minWriter: SCHEMA_VERSION, writeId };
    return {
      ...this.key(key),
      UpdateExpression: expressions.update(stamped, remove),
      ConditionExpression: expressions.condition([...when, MAY_WRITE]),
      ExpressionAttributeNames: expressions.names,
      ExpressionAttributeValues: expressions.values,
    };
  }

  private async get<T>(key: string): Promise<T | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ ...this.key(key), ConsistentRead: true }));
    return Item === undefined ? undefined : (plainItem(Item) as T);
  }

  private key(key: string) {
    return { TableName: this.tableName, Key: { [PARTITION_KEY]: { S: key } } };
  }
}

/** Keys of the records whose conditions failed; undefined if the write failed for any other reason. */
function refusalOf(error: unknown, keys: readonly string[]): readonly string[] | undefined {
  if (error instanceof ConditionalCheckFailedException) return keys;
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = error.CancellationReasons ?? [];
  const refused = keys.filter((_, index) => reasons[index]?.Code === "ConditionalCheckFailed");
  return refused.length === 0 ? undefined : refused;
}
