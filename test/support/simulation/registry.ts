import type { Change, ChangeResult, Registry } from "../../../lib/agent/ports";
import { holds, type RecordUpdate } from "../../../lib/registry/change";
import { recordsOf } from "../../../lib/registry/record-reader";
import {
  type ClusterRecord,
  PARTITION_KEY,
  type RegistryRecords,
  recordKey,
  SCHEMA_VERSION,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../../lib/registry/records";
import { itemSize, LARGEST_ITEM } from "./item-size";
import { seededRecord } from "./seeded-record";

/** A record; never changed in place. */
type Item = Readonly<Record<string, unknown>>;

/** A request as DynamoDB bills it. */
export interface RegistryRequest {
  readonly kind: "get" | "scan" | "update" | "transaction";
  readonly keys: readonly string[];
  /** Bytes of each record that was read or written; of a written one, the larger of before and after. */
  readonly sizes: readonly number[];
}

/** A registry in memory: one change after another, each wholly or not at all. */
export class SimulatedRegistry {
  public readonly items = new Map<string, Item>();
  /** Every state the cluster record was in, oldest first. */
  public readonly history: ClusterRecord[] = [];
  private readonly sizes = new WeakMap<Item, number>();
  private writes = 0;

  /** Writes the record Terraform writes. */
  public seed(nonce: string): void {
    this.put(recordKey.cluster, { ...seededRecord(nonce) });
  }

  public get cluster(): ClusterRecord {
    return this.items.get(recordKey.cluster) as unknown as ClusterRecord;
  }

  /** Writes a record as no agent would: for tests of what agents make of it. */
  public put(key: string, fields: Item): void {
    this.store(key, { ...this.items.get(key), ...fields, [PARTITION_KEY]: key });
  }

  /** Bytes of all records. */
  public get bytes(): number {
    let bytes = 0;
    for (const item of this.items.values()) bytes += this.sizeOf(item);
    return bytes;
  }

  /** The registry as a node reaches it; `count` hears of each request. */
  public port(count: (request: RegistryRequest) => void): Registry {
    const read = async <T>(key: string): Promise<T | undefined> => {
      count({ kind: "get", keys: [key], sizes: [this.sizeOf(this.items.get(key))] });
      return this.items.get(key) as T | undefined;
    };
    return {
      cluster: () => read<ClusterRecord>(recordKey.cluster),
      slot: (slot) => read<SlotRecord>(recordKey.slot(slot)),
      workerToken: () => read<WorkerTokenRecord>(recordKey.workerToken),
      tombstone: (nodeId) => read<TombstoneRecord>(recordKey.removing(nodeId)),
      table: async (): Promise<RegistryRecords> => {
        count({ kind: "scan", keys: [], sizes: [...this.items.values()].map((item) => this.sizeOf(item)) });
        return recordsOf([...this.items.values()].map(({ token, ...rest }) => rest));
      },
      change: async (change) => {
        const keys = [...change.updates, ...(change.checks ?? [])].map(({ key }) => key);
        const size = (key: string) => this.sizeOf(this.items.get(key));
        const before = keys.map(size);
        const result = this.apply(change);
        const kind = keys.length === 1 ? "update" : "transaction";
        count({ kind, keys, sizes: keys.map((key, index) => Math.max(before[index] ?? 0, size(key))) });
        return result;
      },
    };
  }

  private apply({ updates, checks = [], confirmedBy }: Change): ChangeResult {
    const mayWrite = (item: Item | undefined) => ((item?.["minWriter"] as number | undefined) ?? 0) <= SCHEMA_VERSION;
    const refusedBy = [
      ...updates.filter(({ key, when }) => {
        const item = this.items.get(key);
        return !mayWrite(item) || !when.every((condition) => holds(condition, item));
      }),
      ...checks.filter(({ key, when }) => !when.every((condition) => holds(condition, this.items.get(key)))),
    ].map(({ key }) => key);
    if (refusedBy.length > 0) {
      const first = this.items.get(updates[0].key);
      const confirmed = first !== undefined && confirmedBy?.every((condition) => holds(condition, first));
      return confirmed ? { made: true } : { made: false, refusedBy };
    }
    const writeId = `write-${this.writes++}`;
    const written = updates.map((update) => ({ key: update.key, item: this.updated(update, writeId) }));
    if (written.some(({ item }) => this.sizeOf(item) > LARGEST_ITEM)) {
      throw new Error("Item size to update has exceeded the maximum allowed size");
    }
    for (const { key, item } of written) this.store(key, item);
    return { made: true };
  }

  private updated({ key, set, remove = [] }: RecordUpdate, writeId: string): Item {
    const written = Object.fromEntries(Object.entries(structuredClone(set)).filter(([, value]) => value !== undefined));
    const item: Record<string, unknown> = { ...this.items.get(key), ...written, schema: 1, minWriter: 1, writeId };
    for (const field of remove) delete item[field];
    return { ...item, [PARTITION_KEY]: key };
  }

  private store(key: string, item: Item): void {
    this.items.set(key, item);
    if (key === recordKey.cluster) this.history.push(this.cluster);
  }

  /** Bytes of a record, reckoned once. */
  private sizeOf(item: Item | undefined): number {
    if (item === undefined) return 0;
    const size = this.sizes.get(item) ?? itemSize(item);
    this.sizes.set(item, size);
    return size;
  }
}
