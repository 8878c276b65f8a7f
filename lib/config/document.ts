import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, visit, type YAMLError } from "yaml";
import type { Path } from "../limits/finding";
import { show } from "../limits/messages";

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
}

/** Faults of the text after which the structure is still what the author meant. */
const HARMLESS_TO_STRUCTURE: ReadonlySet<string> = new Set(["DUPLICATE_KEY", "TAG_RESOLVE_FAILED"]);

/** Reads a file of one YAML document. Never throws. */
export function readYaml(text: string): YamlFile {
  const document = parseDocument(text, {
    // Merge keys are of YAML 1.1, but everyone writes them to share settings among pools.
    merge: true,
    prettyErrors: false,
    // Keeps the parser from writing warnings to stderr; they are faults here.
    logLevel: "error",
  });
  const position = positionsIn(text);
  const problems = [...document.errors, ...document.warnings];
  const faults = problems.map((problem) => ({
    ...position(problem.pos[0]),
    message: describeProblem(problem, text),
  }));
  const locate = (path: Path, at: "key" | "value" = "value") => position(offsetOf(document, path, at));
  if (problems.some(({ code }) => !HARMLESS_TO_STRUCTURE.has(code))) return { data: undefined, faults, locate };
  try {
    return { data: document.toJS(), faults, locate };
  } catch (error) {
    // Aliases are resolved only now: one that names no anchor, or so many that they would fill the memory.
    const message = `must be valid YAML, got an alias that leads nowhere: ${error instanceof Error ? error.message : String(error)}`;
    return { data: undefined, faults: [...faults, { ...position(brokenAlias(document)), message }], locate };
  }
}

/** Counts lines itself: the parser's own counter misses line ends behind a syntax error. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function describeProblem({ code, message, pos }: YAMLError, text: string): string {
  const line = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1).split("\n", 1)[0] ?? "";
  if (code === "TAB_AS_INDENT" || (code === "BAD_INDENT" && /^ *\t/.test(line))) {
    return "must not be indented with tabs, got a tab; write two spaces for each level";
  }
  switch (code) {
    case "DUPLICATE_KEY":
      return `must be written once, got the key ${show(wordAt(text, pos[0]))} again; drop one of the two`;
    case "MULTIPLE_DOCS":
      return "must be the only document of the file, got a second one after ---; write one file per environment";
    case "TAG_RESOLVE_FAILED":
      return `must be plain YAML, got the tag ${text.slice(pos[0], pos[1])}; write the value without it`;
    default:
      return `must be valid YAML, got a syntax error: ${message}`;
  }
}

function wordAt(text: string, offset: number): string {
  return /^[^:\s,}]+/.exec(text.slice(offset))?.[0] ?? "";
}

/**
 * Walks from the root as far as the path leads. An alias, and a merge key, is where the walk ends: what it stands for
 * may be right where it is defined and wrong only where it is used.
 */
function offsetOf(document: Document, path: Path, at: "key" | "value"): number {
  let node = document.contents as Node | null;
  for (const [index, segment] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => nameOf(key) === String(segment));
      const merge = pair ?? node.items.findLast(({ key }) => nameOf(key) === "<<");
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

function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  // The parser marks a merge key with a symbol that is called like it.
  if (typeof key.value === "symbol") return key.value.description;
  return key.value === null ? "" : String(key.value);
}

/** Where the first alias stands that names no anchor, or the first merge of something that is no map. */
function brokenAlias(document: Document): number {
  let offset: number | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = startOf(alias);
      return visit.BREAK;
    },
    Pair(_, pair) {
      if (nameOf(pair.key) !== "<<") return undefined;
      const source = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
      if (isMap(source) || isSeq(source)) return undefined;
      offset = startOf(pair.key as Node);
      return visit.BREAK;
    },
  });
  return offset ?? 0;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
