import type { Finding } from "./document";
import type { EnvironmentInput } from "./schema/environment";

type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly (DeepPartial<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

/**
 * What of a file can be trusted: a value is there only if it is valid by itself. A faulty one is `undefined` under its
 * key, so that rules over several fields can tell it from one that was left out, and still check all others.
 */
export type Draft = DeepPartial<EnvironmentInput>;

/** Blanks out whatever something was found wrong with. */
export function draftOf(data: unknown, findings: readonly Finding[]): Draft {
  const root = { draft: structuredClone(data) };
  for (const { path, at } of findings) {
    // A faulty key faults nothing but itself.
    if (at !== "key") blank(root, ["draft", ...path]);
  }
  return isContainer(root.draft) ? (root.draft as Draft) : {};
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
