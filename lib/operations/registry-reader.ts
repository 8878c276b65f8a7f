import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { RecordReader } from "../registry/record-reader";
import {
  type ClusterRecord,
  type NodeRecord,
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

/** {@link RegistryReader} over the registry's DynamoDB table. */
export class DynamoRegistryReader implements RegistryReader {
  private readonly records: RecordReader;

  public constructor(client: Pick<DynamoDBClient, "send">, table: string) {
    this.records = new RecordReader(client, table);
  }

  public getCluster(signal?: AbortSignal): Promise<ClusterRecord | undefined> {
    return abortable(this.records.get(recordKey.cluster, signal), signal);
  }

  public getSlot(slot: number, signal?: AbortSignal): Promise<SlotRecord | undefined> {
    return abortable(this.records.get(recordKey.slot(slot), signal), signal);
  }

  public scanNodes(signal?: AbortSignal): Promise<NodeRecords> {
    return abortable(this.records.all(signal), signal);
  }
}
