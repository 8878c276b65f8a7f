import fc from "fast-check";

type Tree = Record<string | number, unknown>;

/** A change of one place in a tree of plain data. */
export type Mutation =
  | { readonly kind: "rename"; readonly at: number; readonly name: string }
  | { readonly kind: "replace"; readonly at: number; readonly value: unknown }
  | { readonly kind: "near"; readonly at: number; readonly by: number }
  | { readonly kind: "copy"; readonly at: number; readonly from: number }
  | { readonly kind: "drop"; readonly at: number };

const otherValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, -1, 0, 2.5, 1e21, Number.NaN, Infinity, "", "x", [], {}, [[]], [null]),
  fc.string({ unit: "binary" }),
  fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue(), { maxKeys: 3 }),
  fc.array(fc.jsonValue(), { maxLength: 3 }),
);

const names = fc.constantFrom(
  "__proto__",
  "<<",
  "toString",
  "constructor",
  "null",
  "manager",
  "az",
  "aws:team",
  "sg-a",
);

/** Changes that make something quite different, and those that stay near to what was there, where limits are. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constant("rename" as const),
    at: fc.nat(),
    name: fc.oneof(fc.string({ unit: "binary" }), names),
  }),
  fc.record({ kind: fc.constant("replace" as const), at: fc.nat(), value: fc.oneof(otherValue, names) }),
  fc.record({ kind: fc.constant("near" as const), at: fc.nat(), by: fc.nat() }),
  fc.record({ kind: fc.constant("near" as const), at: fc.nat(), by: fc.nat() }),
  fc.record({ kind: fc.constant("copy" as const), at: fc.nat(), from: fc.nat() }),
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat() }),
);

/** A copy of the tree with the changes made, one after another. */
export function mutated(tree: unknown, mutations: readonly Mutation[]): unknown {
  const root: Tree = { tree: structuredClone(tree) };
  for (const change of mutations) mutate(root["tree"], change);
  return root["tree"];
}

function mutate(tree: unknown, change: Mutation): void {
  const places = placesOf(tree);
  const place = places[change.at % Math.max(1, places.length)];
  if (place === undefined) return;
  const { parent, key } = place;
  const before = parent[key];
  const name = change.kind === "rename" && !Array.isArray(parent) ? change.name : key;
  if (change.kind === "drop" || name !== key) delete parent[key];
  if (change.kind === "drop") return;
  Object.defineProperty(parent, name, {
    value: changed(change, before, places),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function changed(
  change: Mutation,
  before: unknown,
  places: readonly { parent: Tree; key: string | number }[],
): unknown {
  switch (change.kind) {
    case "replace":
      return structuredClone(change.value);
    case "near":
      return near(before, change.by);
    case "copy": {
      const from = places[change.from % places.length];
      return structuredClone(from?.parent[from.key]);
    }
    default:
      return before;
  }
}

/** A value of the same type, not far away. */
function near(value: unknown, by: number): unknown {
  if (typeof value === "number") return [value + 1, value - 1, -value, value * 2, value + 0.5, value * 1000][by % 6];
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return by % 2 === 0 ? value.slice(1) : [...value, ...value.slice(0, 1 + (by % 40))];
  if (typeof value !== "string") return value;
  const at = by % (value.length + 1);
  const numbers = value.replace(/[0-9]+/, (digits) => String(Number(digits) + 1 + (by % 9)));
  const texts = [
    value.slice(0, at) + value.slice(at + 1),
    `${value.slice(0, at)}${"-./:_ \nAé"[by % 9]}${value.slice(at)}`,
    value + value,
    value.repeat(1 + (by % 300)),
    numbers,
    value.toUpperCase(),
    `${value}\n`,
    value.split("").reverse().join(""),
  ];
  return texts[by % texts.length];
}

/** Every map and list of a tree, with each of its keys. */
function placesOf(tree: unknown): { parent: Tree; key: string | number }[] {
  if (typeof tree !== "object" || tree === null) return [];
  const parent = tree as Tree;
  const keys = Array.isArray(tree) ? [...tree.keys()] : Object.keys(tree);
  return keys.flatMap((key) => [{ parent, key }, ...placesOf(parent[key])]);
}

const piece = fc.oneof(
  fc.constantFrom("\t", "\n", ": ", "- ", "*a", "&a ", "<<: ", "---\n", "...\n", "!x ", "? ", "[", "}", '"', "'"),
  fc.constantFrom("|\n", "#", "%", "\r", "\u0000", "\ufeff", "@", "!!binary ", "<<<<<<< HEAD\n", "0", "~", ">-\n"),
  fc.string({ maxLength: 4 }),
);

/** A change of a few characters of a text. */
export interface Damage {
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  drop: fc.integer({ min: 0, max: 5 }),
  insert: piece,
});

export function damaged(text: string, damages: readonly Damage[]): string {
  return damages.reduce((current, { at, drop, insert }) => {
    const offset = at % (current.length + 1);
    return current.slice(0, offset) + insert + current.slice(offset + drop);
  }, text);
}
