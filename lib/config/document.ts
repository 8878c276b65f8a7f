import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { Path } from "../limits/finding";
import { aliasFault } from "./aliases";
import { dropUnnamed, keyFaults, keyName, type SyntaxFault, startOf, syntaxFaults } from "./syntax";

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML file that was read, or what keeps it from being read. */
export interface YamlFile {
  /** The content as plain data; `undefined` when the syntax is too broken to tell. */
  readonly data: unknown;
  readonly faults: readonly (Position & { readonly message: string })[];
  /** Where a value or key stands; for one that is missing, where the map stands that lacks it. */
  locate(path: Path, at?: "key" | "value"): Position;
  /** A value as it is written, where that is more than the value tells: `0123`, which is the number 123. */
  written(path: Path): string | undefined;
}

/** Reads a file of one YAML document. Never throws. */
export function readYaml(text: string): YamlFile {
  const document = parseDocument(text, {
    // Merge keys are of YAML 1.1, but everyone writes them to share settings among pools.
    merge: true,
    prettyErrors: false,
    // Keeps the parser from writing warnings to stderr; they are faults here.
    logLevel: "error",
    // The parser compares each key with all others of its map, so many keys would take for ever.
    uniqueKeys: false,
  });
  const position = positionsIn(text);
  const pairs = pairFinder();
  const file = (data: unknown, faults: readonly SyntaxFault[]): YamlFile => ({
    data,
    faults: faults.map(({ offset, message }) => ({ ...position(offset), message })),
    locate: (path, at = "value") => position(offsetOf(document, path, at, pairs)),
    written: (path) => writtenAt(document, path, pairs),
  });
  const { faults, isBroken } = syntaxFaults(document, text);
  if (isBroken) return file(undefined, faults);
  const all = [...faults, ...keyFaults(document)];
  dropUnnamed(document);
  try {
    return file(document.toJS(), all);
  } catch {
    // Aliases are followed only now.
    return file(undefined, [...all, aliasFault(document)]);
  }
}

/** Counts lines itself: the parser's own counter misses line ends behind a syntax error. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

type PairFinder = (map: YAMLMap, key: string) => Pair | undefined;

/** Finds pairs by the names of their keys; of two that are called the same, the last. */
function pairFinder(): PairFinder {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string | undefined, Pair>>();
  return (map, key) => {
    const pairs = known.get(map) ?? new Map(map.items.map((pair) => [keyName(pair.key), pair]));
    known.set(map, pairs);
    return pairs.get(key);
  };
}

/**
 * Walks from the root as far as the path leads. An alias, and a merge key, is where the walk ends: what it stands for
 * may be right where it is defined and wrong only where it is used.
 */
function offsetOf(document: Document, path: Path, at: "key" | "value", find: PairFinder): number {
  let node = document.contents as Node | null;
  for (const [index, segment] of path.entries()) {
    if (isMap(node)) {
      const pair = find(node, String(segment));
      const merge = pair ?? find(node, "<<");
      if (merge === undefined) break;
      if (pair === undefined || (at === "key" && index === path.length - 1)) return startOf(merge.key as Node);
      node = (pair.value ?? pair.key) as Node;
    } else if (isSeq(node)) {
      const item = node.items[Number(segment)] as Node | undefined;
      if (item === undefined) break;
      node = item;
    } else {
      // An alias, or a value that should have been a map.
      break;
    }
  }
  return startOf(node);
}

function writtenAt(document: Document, path: Path, find: PairFinder): string | undefined {
  let node: unknown = document.contents;
  for (const segment of path) {
    node = isMap(node) ? find(node, String(segment))?.value : isSeq(node) ? node.items[Number(segment)] : undefined;
  }
  if (!isScalar(node) || (typeof node.value !== "number" && typeof node.value !== "boolean")) return undefined;
  return node.source === String(node.value) ? undefined : node.source;
}
