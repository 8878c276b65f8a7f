/** DynamoDB refuses an item of more bytes than this. */
export const LARGEST_ITEM = 400 * 1024;

/** Bytes of a list or map beside its elements, and of each element beside its value. */
const CONTAINER = 3;
const ELEMENT = 1;

/** Bytes an item counts as: names and values of its attributes, by DynamoDB's own rules. */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  let size = 0;
  for (const name in item) if (item[name] !== undefined) size += bytesOf(name) + valueSize(item[name]);
  return size;
}

function valueSize(value: unknown): number {
  switch (typeof value) {
    case "string":
      return bytesOf(value);
    case "number":
      // A byte for two digits, and one more.
      return Math.ceil(String(value).replace(/[-.]/g, "").length / 2) + 1;
    case "object": {
      if (value === null) return 1;
      if (!Array.isArray(value)) return CONTAINER + fieldsOf(value) * ELEMENT + itemSize({ ...value });
      return value.reduce<number>((sum, each) => sum + ELEMENT + valueSize(each), CONTAINER);
    }
    default:
      return 1;
  }
}

function fieldsOf(value: object): number {
  return Object.values(value).filter((each) => each !== undefined).length;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
