import type { RegistryRequest } from "../../test/support/simulation/registry";

/** A request at a moment, in milliseconds. */
export type TimedRequest = RegistryRequest & { readonly at: number };

/** What a new on-demand table takes in a second, in units of capacity, and what one partition, hence one record, does. */
export const ON_DEMAND = {
  table: { reads: 12_000, writes: 4_000 },
  record: { reads: 3_000, writes: 1_000 },
} as const;

/** Units of capacity. */
export interface Units {
  readonly reads: number;
  readonly writes: number;
}

/** What the busiest second asked of the registry. */
export interface PeakLoad {
  readonly requests: number;
  readonly table: Units;
  /** Of the record that was asked most. */
  readonly record: Units;
  /** Requests in seconds in which the table or one of its records was asked for more than it takes. */
  readonly throttled: number;
}

const READ_UNIT = 4_096;
const WRITE_UNIT = 1_024;

/** Capacity a request takes of each record it names; a scan names none and is listed under the empty name. */
export function unitsOf({ kind, keys, sizes }: RegistryRequest): readonly (Units & { readonly key: string })[] {
  if (kind === "scan") {
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return [{ key: "", reads: unitsFor(bytes, READ_UNIT), writes: 0 }];
  }
  return keys.map((key, index) => {
    const size = sizes[index] ?? 0;
    if (kind === "get") return { key, reads: unitsFor(size, READ_UNIT), writes: 0 };
    return { key, reads: 0, writes: unitsFor(size, WRITE_UNIT) * (kind === "transaction" ? 2 : 1) };
  });
}

/** The busiest second of a time, each measure by itself. */
export function peakLoad(requests: readonly TimedRequest[]): PeakLoad {
  const peak = { requests: 0, table: { reads: 0, writes: 0 }, record: { reads: 0, writes: 0 }, throttled: 0 };
  for (const inSecond of bySecond(requests)) {
    const units = inSecond.flatMap(unitsOf);
    const table = sum(units);
    const records = [...grouped(units.filter(({ key }) => key !== "")).values()].map(sum);
    const record = {
      reads: Math.max(0, ...records.map(({ reads }) => reads)),
      writes: Math.max(0, ...records.map(({ writes }) => writes)),
    };
    peak.requests = Math.max(peak.requests, inSecond.length);
    peak.table = larger(peak.table, table);
    peak.record = larger(peak.record, record);
    if (exceeds(table, ON_DEMAND.table) || exceeds(record, ON_DEMAND.record)) peak.throttled += inSecond.length;
  }
  return peak;
}

/** Bytes read by scans. */
export function scannedBytes(requests: readonly TimedRequest[]): number {
  return requests
    .filter(({ kind }) => kind === "scan")
    .reduce((total, { sizes }) => total + sizes.reduce((bytes, size) => bytes + size, 0), 0);
}

/** Even what is not there takes a unit. */
function unitsFor(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}

function bySecond(requests: readonly TimedRequest[]): Iterable<readonly TimedRequest[]> {
  const seconds = new Map<number, TimedRequest[]>();
  for (const request of requests) {
    const second = Math.floor(request.at / 1_000);
    const others = seconds.get(second);
    if (others === undefined) seconds.set(second, [request]);
    else others.push(request);
  }
  return seconds.values();
}

function grouped<T extends { readonly key: string }>(each: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of each) {
    const group = groups.get(one.key);
    if (group === undefined) groups.set(one.key, [one]);
    else group.push(one);
  }
  return groups;
}

function sum(units: readonly Units[]): Units {
  let [reads, writes] = [0, 0];
  for (const each of units) {
    reads += each.reads;
    writes += each.writes;
  }
  return { reads, writes };
}

function larger(one: Units, other: Units): Units {
  return { reads: Math.max(one.reads, other.reads), writes: Math.max(one.writes, other.writes) };
}

function exceeds({ reads, writes }: Units, limit: Units): boolean {
  return reads > limit.reads || writes > limit.writes;
}
