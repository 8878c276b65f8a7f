import { physicalName } from "../naming";

/** An Auto Scaling group, and how many instances it is to have. */
export interface GroupSize {
  readonly group: string;
  readonly desired: number;
}

/** What operations ask Auto Scaling. */
export interface GroupSizes {
  /** The groups of a cluster. */
  of(cluster: string, signal?: AbortSignal): Promise<readonly GroupSize[]>;
}

/** What a cluster's groups are to have. */
export interface WantedNodes {
  /** Manager slots that are to have an instance. */
  readonly slots: readonly number[];
  /** Desired workers, by pool. */
  readonly pools: ReadonlyMap<string, number>;
}

/** Reads the names of a cluster's groups; one that is not a slot's or a pool's is nobody's here. */
export function wantedNodes(cluster: string, sizes: readonly GroupSize[]): WantedNodes {
  const slotPrefix = physicalName.managerGroup(cluster, 0).slice(0, -1);
  const poolPrefix = physicalName.workerGroup(cluster, "");
  const slots = sizes
    .filter(({ group, desired }) => desired > 0 && group.startsWith(slotPrefix))
    .map(({ group }) => group.slice(slotPrefix.length))
    .filter((number) => /^\d+$/.test(number))
    .map(Number);
  const pools = sizes.filter(({ group }) => group.startsWith(poolPrefix));
  return {
    slots: slots.sort((one, other) => one - other),
    pools: new Map(pools.map(({ group, desired }) => [group.slice(poolPrefix.length), desired])),
  };
}
