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

function isList(value: RecordValue): value is readonly RecordValue[] {
  return Array.isArray(value);
}
