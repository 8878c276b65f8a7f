/** A number measured, with what it must not exceed. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Empty for a number of things. */
  readonly unit: "s" | "×" | "/s" | "/min" | "ms" | "ms/min" | "KB" | "KB/min" | "%" | "";
  /** @default - any value will do */
  readonly limit?: number;
}

/** Whether a measurement is within its limit. */
export function isWithinLimit({ value, limit }: Measurement): boolean {
  return limit === undefined || value <= limit;
}

/** Measurements in columns, with the limits and a mark at those that are over. */
export function formatMeasurements(measurements: readonly Measurement[]): string {
  const width = Math.max(0, ...measurements.map(({ name }) => name.length));
  return measurements
    .map((measurement) => {
      const { name, value, unit, limit } = measurement;
      const bound = limit === undefined ? "" : `  at most ${Number(limit.toFixed(1))} ${unit}`.trimEnd();
      const mark = isWithinLimit(measurement) ? "" : "  OVER";
      return `${name.padEnd(width)}  ${value.toFixed(2).padStart(9)} ${unit}`.trimEnd() + bound + mark;
    })
    .join("\n");
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError("there is no median of no values");
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
