import { type AttributeValue, type DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { plainItem } from "../../registry/attribute-values";
import type { Change, ChangeResult } from "../../registry/change";
import { RecordWriter } from "../../registry/record-writer";
import {
  type ClusterRecord,
  PARTITION_KEY,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../registry/records";
import type { Registry, RegistryTable } from "../ports";
import { SCANNED_ATTRIBUTES, tableOf } from "./table";

/** {@link Registry} over the DynamoDB table. */
export class DynamoRegistry implements Registry {
  private readonly writer: RecordWriter;

  public constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly tableName: string,
    newWriteId: () => string,
  ) {
    this.writer = new RecordWriter(client, tableName, newWriteId);
  }

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

  public change(change: Change): Promise<ChangeResult> {
    return this.writer.change(change);
  }

  private async get<T>(key: string): Promise<T | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ ...this.key(key), ConsistentRead: true }));
    return Item === undefined ? undefined : (plainItem(Item) as T);
  }

  private key(key: string) {
    return { TableName: this.tableName, Key: { [PARTITION_KEY]: { S: key } } };
  }
}
