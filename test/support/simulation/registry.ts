import type { Change, ChangeResult, Registry, RegistryTable } from "../../../lib/agent/ports";
import { tableOf } from "../../../lib/agent/registry/table";
import { holds } from "../../../lib/registry/change";
import {
  type ClusterRecord,
  PARTITION_KEY,
  recordKey,
  SCHEMA_VERSION,
  type SlotRecord,
  type TombstoneRecord,
  type WorkerTokenRecord,
} from "../../../lib/registry/records";

type Item = Readonly<Record<string, unknown>>;

/** A registry in memory: one change after another, each wholly or not at all. */
export class SimulatedRegistry {
  public readonly items = new Map<string, Item>();
  /** Every state the cluster record was in, oldest first. */
  public readonly history: ClusterRecord[] = [];
  private writes = 0;

  /** Writes the record Terraform writes. */
  public seed(nonce: string): void {
    this.put(recordKey.cluster, {
      schema: 1,
      minWriter: 1,
      writeId: "seed",
      nonce,
      phase: "unclaimed",
      epoch: 0,
      renewal: 0,
      generation: 0,
      managers: [],
      abandoned: [],
    });
  }

  public get cluster(): ClusterRecord {
    return this.items.get(recordKey.cluster) as unknown as ClusterRecord;
  }

  /** Writes a record as no agent would: for tests of what agents make of it. */
  public put(key: string, fields: Item): void {
    this.items.set(key, { ...this.items.get(key), ...fields, [PARTITION_KEY]: key });
    if (key === recordKey.cluster) this.history.push(structuredClone(this.cluster));
  }

  /** The registry as a node reaches it; `count` hears of each request. */
  public port(count: (request: string) => void): Registry {
    const read = async <T>(key: string): Promise<T | undefined> => {
      count(`get ${key}`);
      return structuredClone(this.items.get(key)) as T | undefined;
    };
    return {
      cluster: () => read<ClusterRecord>(recordKey.cluster),
      slot: (slot) => read<SlotRecord>(recordKey.slot(slot)),
      workerToken: () => read<WorkerTokenRecord>(recordKey.workerToken),
      tombstone: (nodeId) => read<TombstoneRecord>(recordKey.removing(nodeId)),
      table: async (): Promise<RegistryTable> => {
        count("scan");
        const withoutToken = [...this.items.values()].map(({ token, ...rest }) => rest);
        return tableOf(structuredClone(withoutToken));
      },
      change: async (change) => {
        count(`change ${change.updates.map(({ key }) => key).join(" ")}`);
        return this.apply(change);
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
    for (const { key, set, remove = [] } of updates) {
      const written = Object.fromEntries(
        Object.entries(structuredClone(set)).filter(([, value]) => value !== undefined),
      );
      const item: Record<string, unknown> = { ...this.items.get(key), ...written, schema: 1, minWriter: 1, writeId };
      for (const field of remove) delete item[field];
      this.items.set(key, { ...item, [PARTITION_KEY]: key });
      if (key === recordKey.cluster) this.history.push(structuredClone(this.cluster));
    }
    return { made: true };
  }
}
