import type { Change, ChangeResult, RecordUpdate } from "../../../lib/agent/ports";
import { holds } from "../../../lib/registry/change";
import { type ClusterRecord, PARTITION_KEY, recordKey, SCHEMA_VERSION } from "../../../lib/registry/records";
import { seededRecord } from "../../support/simulation/seeded-record";

/** A record of any kind; never changed in place. */
export type Item = Readonly<Record<string, unknown>>;

export const NONCE = "nonce-1";

/** The registry's table: one change after another, each wholly or not at all. */
export class Table {
  public items = new Map<string, Item>();
  /** Tombstones and abandoned clusters that were ever written: a restored table may have forgotten them. */
  public readonly everRemoved = new Set<string>();
  public readonly everAbandoned = new Set<string>();
  public readonly everPublished = new Set<string>();
  public readonly everReady = new Set<string>();
  /** Instances that were asked to retire. */
  public readonly everRetired = new Set<string>();

  /** Hears of every record that was written. */
  public constructor(private readonly written: (before: ReadonlyMap<string, Item>, keys: readonly string[]) => void) {
    this.seed();
  }

  /** Writes what Terraform writes. */
  public seed(): void {
    this.items.set(recordKey.cluster, { ...seededRecord(NONCE), [PARTITION_KEY]: recordKey.cluster });
  }

  public get cluster(): ClusterRecord | undefined {
    return this.items.get(recordKey.cluster) as unknown as ClusterRecord | undefined;
  }

  public apply({ updates, checks = [] }: Change, writeId: string): ChangeResult {
    const mayWrite = (item: Item | undefined) => ((item?.["minWriter"] as number | undefined) ?? 0) <= SCHEMA_VERSION;
    const refusedBy = [
      ...updates.filter(({ key, when }) => {
        const item = this.items.get(key);
        return !mayWrite(item) || !when.every((condition) => holds(condition, item));
      }),
      ...checks.filter(({ key, when }) => !when.every((condition) => holds(condition, this.items.get(key)))),
    ].map(({ key }) => key);
    if (refusedBy.length > 0) return { made: false, refusedBy };
    const before = new Map(updates.map(({ key }) => [key, this.items.get(key) ?? {}]));
    for (const update of updates) this.write(update, writeId);
    for (const { key } of updates) this.remember(key);
    this.written(
      before,
      updates.map(({ key }) => key),
    );
    return { made: true };
  }

  /** What the agent's registry makes of a refusal: it may be a repetition of a write whose answer was lost (P2). */
  public wasMade({ updates, confirmedBy }: Change, writeId: string): boolean {
    const record = this.items.get(updates[0].key);
    if (record === undefined) return false;
    return record["writeId"] === writeId || (confirmedBy?.every((condition) => holds(condition, record)) ?? false);
  }

  private write({ key, set, remove = [] }: RecordUpdate, writeId: string): void {
    const item: Record<string, unknown> = { ...this.items.get(key), schema: 1, minWriter: 1, writeId };
    for (const [field, value] of Object.entries(set)) if (value !== undefined) item[field] = value;
    for (const field of remove) delete item[field];
    this.items.set(key, { ...item, [PARTITION_KEY]: key });
  }

  private remember(key: string): void {
    const { cluster, items } = this;
    const item = items.get(key) ?? {};
    if (key === recordKey.cluster && cluster?.clusterId !== undefined) {
      this.everPublished.add(cluster.clusterId);
      if (cluster.phase === "ready") this.everReady.add(cluster.clusterId);
    }
    if (key === recordKey.cluster) for (const id of cluster?.abandoned ?? []) this.everAbandoned.add(id);
    if (key.startsWith("slot#") && item["retire"] !== undefined) this.everRetired.add(String(item["instanceId"]));
    if (key.startsWith("removing#") && item["state"] === "removed") {
      this.everRemoved.add(`${String(item["clusterId"])} ${String(item["nodeId"])}`);
    }
  }
}
