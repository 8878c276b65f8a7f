import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { RecordValue } from "./change";

/** A DynamoDB item as plain values; numbers become JavaScript numbers, sets become arrays. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return undefined;
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map(Number);
  return value.B ?? value.BS;
}

/** A value as DynamoDB types it; undefined values of a map are left out. */
export function toAttribute(value: RecordValue): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (isList(value)) return { L: value.map(toAttribute) };
  const map: Record<string, AttributeValue> = {};
  for (const [name, each] of Object.entries(value)) {
    if (each !== undefined) map[name] = toAttribute(each);
  }
  return { M: map };
}

function isList(value: RecordValue): value is readonly RecordValue[] {
  return Array.isArray(value);
}
