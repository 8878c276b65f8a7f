import { DynamoDBClient, ResourceNotFoundException, ScanCommand } from "@aws-sdk/client-dynamodb";
import { plainItem } from "../../../../lib/registry/attribute-values";
import {
  type ClusterRecord,
  type NodeRecord,
  PARTITION_KEY,
  recordKey,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../../../lib/registry/records";
import type { RegistryView } from "./sample";

/**
 * Reads the registry at the emulator itself, behind the front that nodes and operators talk to: faults of the API are
 * not on it, and its requests are counted for nobody.
 */
export class RegistryProbe {
  private readonly client: DynamoDBClient;

  public constructor(
    endpoint: string,
    private readonly table: string,
  ) {
    const credentials = { accessKeyId: "observer", secretAccessKey: "lab" };
    this.client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  }

  /** @returns nothing while there is no table */
  public async read(): Promise<RegistryView | undefined> {
    try {
      const { Items = [] } = await this.client.send(new ScanCommand({ TableName: this.table, ConsistentRead: true }));
      return viewOf(Items.map(plainItem));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  public close(): void {
    this.client.destroy();
  }
}

function viewOf(items: readonly Record<string, unknown>[]): RegistryView {
  const keyed = items.map((item) => ({ key: String(item[PARTITION_KEY]), item }));
  const one = (key: string) => keyed.find((each) => each.key === key)?.item;
  const all = (prefix: string) => keyed.filter(({ key }) => key.startsWith(prefix)).map(({ item }) => item);
  const { token: _secret, ...token } = one(recordKey.workerToken) ?? {};
  return {
    cluster: one(recordKey.cluster) as ClusterRecord | undefined,
    token: Object.keys(token).length > 0 ? (token as unknown as Omit<WorkerTokenRecord, "token">) : undefined,
    slots: all("slot#") as unknown as SlotRecord[],
    nodes: all("node#") as unknown as NodeRecord[],
    tombstones: all("removing#") as unknown as TombstoneRecord[],
  };
}
