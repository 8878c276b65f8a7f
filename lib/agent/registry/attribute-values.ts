import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { RecordValue } from "../ports";

/** A value as DynamoDB types it. */
export function toAttribute(value: RecordValue): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (isList(value)) return { L: value.map(toAttribute) };
  return { M: toItem(value) };
}

/** Named values as DynamoDB types them; undefined ones are left out. */
export function toItem(values: { readonly [name: string]: RecordValue | undefined }): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) item[name] = toAttribute(value);
  }
  return item;
}

/** A value without DynamoDB's types; of its kinds, those the registry uses. */
export function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return fromItem(value.M);
  return undefined;
}

/** An item without DynamoDB's types. */
export function fromItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));
}

function isList(value: RecordValue): value is readonly RecordValue[] {
  return Array.isArray(value);
}
