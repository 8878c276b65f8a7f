import { type AttributeValue, type DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { plainItem } from "./attribute-values";
import { SCANNED_ATTRIBUTES } from "./record-attributes";
import {
  type ClusterRecord,
  type NodeRecord,
  type OwnedNodeRecord,
  PARTITION_KEY,
  type RegistryRecords,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
} from "./records";

type Item = Readonly<Record<string, unknown>>;

/** Reads a registry's records from its table; each read is strongly consistent. */
export class RecordReader {
  public constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly tableName: string,
  ) {}

  /** The record of a key; `undefined` if it is not there. */
  public async get<T>(key: string, signal?: AbortSignal): Promise<T | undefined> {
    const command = new GetItemCommand({
      TableName: this.tableName,
      Key: { [PARTITION_KEY]: { S: key } },
      ConsistentRead: true,
    });
    const { Item: item } = await this.client.send(command, { abortSignal: signal });
    return item === undefined ? undefined : (plainItem(item) as T);
  }

  /** All records but the join token. Reads the whole table: once in a while, not in a loop. */
  public async all(signal?: AbortSignal): Promise<RegistryRecords> {
    const items: Item[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    do {
      const command = new ScanCommand({
        TableName: this.tableName,
        ConsistentRead: true,
        // Every name goes by a placeholder: several are reserved words.
        ProjectionExpression: SCANNED_ATTRIBUTES.map((name) => `#${name}`).join(", "),
        ExpressionAttributeNames: Object.fromEntries(SCANNED_ATTRIBUTES.map((name) => [`#${name}`, name])),
        ExclusiveStartKey: startKey,
      });
      const page = await this.client.send(command, { abortSignal: signal });
      items.push(...(page.Items ?? []).map(plainItem));
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return recordsOf(items);
  }
}

/** First parts of the keys. */
const PREFIX = { node: "node#", slot: "slot#", removing: "removing#" } as const;

/** Sorts the items of a scan by what their keys say they are. */
export function recordsOf(items: readonly Item[]): RegistryRecords {
  const having = (prefix: string) => items.filter((item) => keyOf(item).startsWith(prefix));
  const cluster = items.find((item) => keyOf(item) === recordKey.cluster);
  return {
    cluster: cluster as unknown as ClusterRecord | undefined,
    slots: having(PREFIX.slot) as unknown as readonly SlotRecord[],
    nodes: having(PREFIX.node).map((item) => ownedRecord(item as unknown as NodeRecord, keyOf(item))),
    tombstones: having(PREFIX.removing) as unknown as readonly TombstoneRecord[],
  };
}

function keyOf(item: Item): string {
  return String(item[PARTITION_KEY]);
}

/** What a policy lets only its owner write is the key: role and instance are taken from there. */
function ownedRecord(record: NodeRecord, key: string): OwnedNodeRecord {
  const [roleUniqueId = "", instanceId = ""] = key.slice(PREFIX.node.length).split(":");
  return { ...record, roleUniqueId, instanceId };
}
