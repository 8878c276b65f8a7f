import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { plainItem } from "./attribute-values";
import { type Change, type ChangeResult, type Condition, holds, type RecordUpdate } from "./change";
import { Expressions } from "./expressions";
import { PARTITION_KEY, SCHEMA_VERSION } from "./records";

/** Nobody writes a record that only newer writers understand (P17). */
const MAY_WRITE: Condition = {
  any: [
    { field: "minWriter", is: "absent" },
    { field: "minWriter", is: "at most", value: SCHEMA_VERSION },
  ],
};

/** Writes records as the protocol wants it: by conditions, stamped, and sure of what became of each write (P2). */
export class RecordWriter {
  public constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly tableName: string,
    private readonly newWriteId: () => string,
  ) {}

  /** Makes a change wholly or not at all; rejects when it is unknown whether it was made. */
  public async change(change: Change, signal?: AbortSignal): Promise<ChangeResult> {
    const writeId = this.newWriteId();
    const { updates, checks = [] } = change;
    try {
      if (updates.length === 1 && checks.length === 0)
        await this.client.send(new UpdateItemCommand(this.update(updates[0], writeId)), { abortSignal: signal });
      else await this.client.send(this.transaction(change, writeId), { abortSignal: signal });
      return { made: true };
    } catch (error) {
      const refusedBy = refusalOf(
        error,
        [...updates, ...checks].map(({ key }) => key),
      );
      if (refusedBy === undefined) throw error;
      return (await this.wasMade(change, writeId, signal)) ? { made: true } : { made: false, refusedBy };
    }
  }

  /** A refused write may be a repetition of one whose answer was lost: the record tells (P2). */
  private async wasMade({ updates, confirmedBy }: Change, writeId: string, signal?: AbortSignal): Promise<boolean> {
    const record = await this.read(updates[0].key, signal);
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

  private async read(key: string, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const command = new GetItemCommand({ ...this.key(key), ConsistentRead: true });
    const { Item } = await this.client.send(command, { abortSignal: signal });
    return Item === undefined ? undefined : plainItem(Item);
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
