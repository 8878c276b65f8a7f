import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Change, ChangeResult } from "../../registry/change";
import { RecordReader } from "../../registry/record-reader";
import { RecordWriter } from "../../registry/record-writer";
import {
  type ClusterRecord,
  type RegistryRecords,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../registry/records";
import type { Registry } from "../ports";

/** {@link Registry} over the DynamoDB table. */
export class DynamoRegistry implements Registry {
  private readonly reader: RecordReader;
  private readonly writer: RecordWriter;

  public constructor(client: Pick<DynamoDBClient, "send">, tableName: string, newWriteId: () => string) {
    this.reader = new RecordReader(client, tableName);
    this.writer = new RecordWriter(client, tableName, newWriteId);
  }

  public cluster(): Promise<ClusterRecord | undefined> {
    return this.reader.get(recordKey.cluster);
  }

  public slot(slot: number): Promise<SlotRecord | undefined> {
    return this.reader.get(recordKey.slot(slot));
  }

  public workerToken(): Promise<WorkerTokenRecord | undefined> {
    return this.reader.get(recordKey.workerToken);
  }

  public tombstone(nodeId: string): Promise<TombstoneRecord | undefined> {
    return this.reader.get(recordKey.removing(nodeId));
  }

  public table(): Promise<RegistryRecords> {
    return this.reader.all();
  }

  public change(change: Change): Promise<ChangeResult> {
    return this.writer.change(change);
  }
}
