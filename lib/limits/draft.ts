import type { Finding } from "./finding";

/** A configuration of which every part may be missing. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly (DeepPartial<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined }
    : T;

/**
 * Blanks out whatever something was found wrong with: what is left is valid by itself. A faulty value is `undefined`
 * under its key, so that rules over several fields can tell it from one that was left out, and still check all others.
 *
 * @param data plain data; it is not changed
 */
export function draftOf<T extends object>(data: unknown, findings: readonly Finding[]): DeepPartial<T> {
  const root = { draft: structuredClone(data) };
  for (const { path, at } of findings) {
    // A faulty key faults nothing but itself.
    if (at !== "key") blank(root, ["draft", ...path]);
  }
  return isContainer(root.draft) ? (root.draft as DeepPartial<T>) : ({} as DeepPartial<T>);
}

function blank(root: object, path: Finding["path"]): void {
  let parent: unknown = root;
  for (const segment of path.slice(0, -1)) {
    parent = isContainer(parent) ? parent[segment] : undefined;
  }
  const last = path.at(-1);
  if (isContainer(parent) && last !== undefined) parent[last] = undefined;
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

/** The value under a key; the default when it was left out; `undefined` when it, or what it is in, is faulty. */
export function orDefault<Parent extends object, Key extends keyof Parent>(
  parent: Parent | undefined,
  key: Key,
  fallback: NonNullable<Parent[Key]>,
): NonNullable<Parent[Key]> | undefined {
  if (parent === undefined) return undefined;
  return Object.hasOwn(parent, key) ? (parent[key] ?? undefined) : fallback;
}
