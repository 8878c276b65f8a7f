import { type AttributeValue, type DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { plainItem } from "../registry/attribute-values";
import {
  type ClusterRecord,
  type NodeRecord,
  PARTITION_KEY,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
} from "../registry/records";
import { abortable } from "./abortable";
import { registryError } from "./registry-problems";

/** What a scan of the registry brings: everything the nodes reported, without the join token. */
export interface NodeRecords {
  readonly nodes: readonly NodeRecord[];
  readonly slots: readonly SlotRecord[];
  readonly tombstones: readonly Tombstone[];
}

/** The part of a tombstone that operations need. */
export type Tombstone = Pick<TombstoneRecord, "nodeId" | "state"> & Partial<Pick<TombstoneRecord, "updatedAt">>;

/** What operations read of a cluster's registry. Nothing here can return the join token. */
export interface RegistryReader {
  /** The cluster record; undefined before Terraform has seeded it. */
  getCluster(signal?: AbortSignal): Promise<ClusterRecord | undefined>;
  /** The record of a manager slot; undefined before an instance has taken it. */
  getSlot(slot: number, signal?: AbortSignal): Promise<SlotRecord | undefined>;
  /** All that the nodes reported. Reads the whole table: once in a while, not in a loop. */
  scanNodes(signal?: AbortSignal): Promise<NodeRecords>;
}

/** All that is to be known of a cluster, but the join token. */
export interface RegistryContent {
  readonly cluster?: ClusterRecord;
  readonly records: NodeRecords;
}

/**
 * Reads a whole registry.
 * @throws OperationError `NotDeployed` if it is not there, `NotAllowed`, `RegistryUnreadable`
 */
export async function readAll(reader: RegistryReader, name: string, signal?: AbortSignal): Promise<RegistryContent> {
  try {
    const [cluster, records] = await Promise.all([reader.getCluster(signal), reader.scanNodes(signal)]);
    return { cluster, records };
  } catch (error) {
    throw registryError(error, name);
  }
}

/** Attributes the scan asks for. Asked for by name so that an attribute not listed, the token above all, stays there. */
const SCANNED_ATTRIBUTES = [
  PARTITION_KEY,
  "address",
  "agentVersion",
  "availabilityZone",
  "drainRequested",
  "error",
  "instanceId",
  "minWriter",
  "nodeId",
  "pool",
  "retire",
  "retireReason",
  "role",
  "slot",
  "state",
  "step",
  "templateVersion",
  "updatedAt",
] as const;

/** First parts of the keys the scan keeps. */
const PREFIX = { node: "node#", slot: "slot#", removing: "removing#" } as const;

/** {@link RegistryReader} over the registry's DynamoDB table. */
export class DynamoRegistryReader implements RegistryReader {
  public constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly table: string,
  ) {}

  public getCluster(signal?: AbortSignal): Promise<ClusterRecord | undefined> {
    return this.get<ClusterRecord>(recordKey.cluster, signal);
  }

  public getSlot(slot: number, signal?: AbortSignal): Promise<SlotRecord | undefined> {
    return this.get<SlotRecord>(recordKey.slot(slot), signal);
  }

  public async scanNodes(signal?: AbortSignal): Promise<NodeRecords> {
    const items = await this.scan(signal);
    const having = <T>(prefix: string): readonly T[] =>
      items.filter((item) => String(item[PARTITION_KEY]).startsWith(prefix)).map((item) => item as unknown as T);
    return {
      nodes: having<NodeRecord>(PREFIX.node),
      slots: having<SlotRecord>(PREFIX.slot),
      tombstones: having<Tombstone>(PREFIX.removing),
    };
  }

  private async get<T>(key: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const command = new GetItemCommand({
      TableName: this.table,
      Key: { [PARTITION_KEY]: { S: key } },
      ConsistentRead: true,
    });
    const { Item } = await abortable(this.client.send(command, { abortSignal: signal }), signal);
    return Item === undefined ? undefined : (plainItem(Item) as unknown as T);
  }

  private async scan(signal: AbortSignal | undefined): Promise<readonly Record<string, unknown>[]> {
    const prefixes = Object.values(PREFIX);
    const items: Record<string, unknown>[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    do {
      const command = new ScanCommand({
        TableName: this.table,
        // What is decided on these must not be older than what was written.
        ConsistentRead: true,
        // Every name goes by a placeholder: several are reserved words.
        ExpressionAttributeNames: Object.fromEntries(SCANNED_ATTRIBUTES.map((name) => [`#${name}`, name])),
        ProjectionExpression: SCANNED_ATTRIBUTES.map((name) => `#${name}`).join(", "),
        FilterExpression: prefixes.map((_, index) => `begins_with(#${PARTITION_KEY}, :p${index})`).join(" OR "),
        ExpressionAttributeValues: Object.fromEntries(prefixes.map((prefix, index) => [`:p${index}`, { S: prefix }])),
        ExclusiveStartKey: startKey,
      });
      const page = await abortable(this.client.send(command, { abortSignal: signal }), signal);
      items.push(...(page.Items ?? []).map(plainItem));
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return items;
  }
}
