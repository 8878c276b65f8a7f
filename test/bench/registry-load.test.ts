import { describe, expect, test } from "vitest";
import { peakLoad, scannedBytes, type TimedRequest, unitsOf } from "../../bench/simulation/registry-load";

const read = (at: number, key: string, size: number): TimedRequest => ({ at, kind: "get", keys: [key], sizes: [size] });
const write = (at: number, key: string, size: number): TimedRequest => ({ ...read(at, key, size), kind: "update" });

describe("unitsOf", () => {
  test("fails when a request is not reckoned as DynamoDB bills it", () => {
    const units = (kind: TimedRequest["kind"], ...sizes: number[]) =>
      unitsOf({ kind, keys: sizes.map((_, index) => `k${index}`), sizes }).map(({ reads, writes }) => [reads, writes]);

    expect(units("get", 4_096)).toEqual([[1, 0]]);
    expect(units("get", 4_097)).toEqual([[2, 0]]);
    expect(units("get", 0)).toEqual([[1, 0]]);
    expect(units("update", 1_025)).toEqual([[0, 2]]);
    // A transaction takes everything twice.
    expect(units("transaction", 100, 1_500)).toEqual([
      [0, 2],
      [0, 4],
    ]);
    // A scan is rounded once, not record by record.
    expect(units("scan", 3_000, 3_000, 3_000)).toEqual([[3, 0]]);
  });
});

describe("peakLoad", () => {
  test("fails when seconds, or records, run into each other", () => {
    // GIVEN two requests in the first second, three of two records in the next
    const requests = [
      read(100, "cluster", 8_000),
      read(999, "cluster", 8_000),
      read(1_000, "cluster", 100),
      read(1_500, "slot#0", 100),
      write(1_900, "slot#0", 3_000),
    ];
    // WHEN
    const peak = peakLoad(requests);
    // THEN
    expect(peak).toEqual({
      requests: 3,
      table: { reads: 4, writes: 3 },
      record: { reads: 4, writes: 3 },
      throttled: 0,
    });
  });

  test("fails when a record that is asked too much is not told from a table that is", () => {
    const onOne = Array.from({ length: 3_001 }, () => read(0, "cluster", 100));
    const onMany = Array.from({ length: 3_001 }, (_, index) => read(0, `node#${index}`, 100));

    expect(peakLoad(onOne).throttled).toBe(3_001);
    expect(peakLoad(onMany).throttled).toBe(0);
    expect(peakLoad([...onMany, ...onMany, ...onMany, ...onMany]).throttled).toBe(12_004);
  });

  test("fails when a time without requests has a peak", () => {
    expect(peakLoad([])).toMatchObject({ requests: 0, table: { reads: 0, writes: 0 }, throttled: 0 });
  });
});

test("fails when bytes that no scan read are counted as scanned", () => {
  const scan: TimedRequest = { at: 0, kind: "scan", keys: [], sizes: [10, 20] };

  expect(scannedBytes([scan, read(0, "cluster", 5_000), scan])).toBe(60);
});
