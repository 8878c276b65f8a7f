import { type Document, isCollection, isMap, isScalar, type Node, visit, type YAMLError } from "yaml";
import { show } from "../limits/messages";

/** Something wrong with the text of a file, by its offset. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
}

const SPACES = "write two spaces for each level";

/** What the parser found wrong: one fault for each cause, and whether the structure is still what the author meant. */
export function syntaxFaults(document: Document, text: string): { faults: SyntaxFault[]; isBroken: boolean } {
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const broken = problems.filter(({ code }) => code !== "TAG_RESOLVE_FAILED");
  const tags = problems.filter(({ code }) => code === "TAG_RESOLVE_FAILED");
  const [first] = broken;
  if (first === undefined) return { faults: tags.map((problem) => tagFault(problem, text)), isBroken: false };
  // All that follows a broken place may be but its consequence, save for tabs: each line has its own.
  const before = tags.filter(({ pos }) => pos[0] < first.pos[0]);
  const causes = isTab(first, text) ? oneEachLine(broken, text) : [causeOf(first, document, text)];
  return { faults: [...before.map((problem) => tagFault(problem, text)), ...causes], isBroken: true };
}

function tagFault({ pos }: YAMLError, text: string): SyntaxFault {
  const message = `must be plain YAML, got the tag ${text.slice(pos[0], pos[1])}; write the value without it`;
  return { offset: pos[0], message };
}

function isTab({ code, pos }: YAMLError, text: string): boolean {
  return code === "TAB_AS_INDENT" || (code === "BAD_INDENT" && /^ *\t/.test(lineAt(text, pos[0])));
}

function oneEachLine(problems: readonly YAMLError[], text: string): SyntaxFault[] {
  const offsets = problems.filter((problem) => isTab(problem, text)).map(({ pos }) => pos[0]);
  const byLine = new Map(offsets.map((offset) => [lineStart(text, offset), offset]));
  return [...byLine.values()].map((offset) => ({
    offset,
    message: `must not be indented with tabs, got a tab; ${SPACES}`,
  }));
}

/** The parser says where it stumbled; what made it stumble often stands before. */
function causeOf(problem: YAMLError, document: Document, text: string): SyntaxFault {
  const at = problem.pos[0];
  const marker = /^(<{7}|={7}|>{7})( .*)?$/m.exec(text);
  if (marker !== null) {
    const message = `must be valid YAML, got the mark of a merge conflict, ${show(marker[0])}; choose a side and drop the marks`;
    return { offset: marker.index, message };
  }
  const opened = openQuote(problem, document, text) ?? openBracket(problem, document, text);
  return opened ?? { offset: at, message: describe(problem, text), ...movedTo(problem, text) };
}

function openQuote({ code, message, pos }: YAMLError, document: Document, text: string): SyntaxFault | undefined {
  const isUnclosed = code === "MISSING_CHAR" && message.includes("quote");
  let found: number | undefined;
  visit(document, {
    Scalar(_, scalar) {
      const [start = 0, end = 0] = scalar.range ?? [];
      if (scalar.type !== "QUOTE_DOUBLE" && scalar.type !== "QUOTE_SINGLE") return;
      if (start >= pos[0]) return visit.BREAK;
      // A quote that was closed by the next one, lines later, ends where the parser stumbles.
      const closedTooLate = text.slice(start, end).includes("\n") && lineStart(text, end) === lineStart(text, pos[0]);
      if (isUnclosed || closedTooLate) found = start;
      return;
    },
  });
  if (found === undefined) return undefined;
  const quote = text[found] === '"' ? "double quote" : "single quote";
  return {
    offset: found,
    message: `must be valid YAML, got a ${quote} that is not closed; write the same quote at the end of the value`,
  };
}

function openBracket({ message, pos }: YAMLError, document: Document, text: string): SyntaxFault | undefined {
  const closing = /^Flow (?:sequence|map) .*([\]}])$/.exec(message)?.[1];
  if (closing === undefined) return undefined;
  let found: number | undefined;
  visit(document, {
    Collection(_, collection) {
      const [start = 0, end = 0] = collection.range ?? [];
      if (start >= pos[0]) return visit.BREAK;
      const isMeant = collection.flow === true && isMap(collection) === (closing === "}");
      if (isMeant && text[end - 1] !== closing) found = start;
      return undefined;
    },
  });
  if (found === undefined) return undefined;
  const what = closing === "]" ? "list" : "map";
  return {
    offset: found,
    message: `must be valid YAML, got a ${what} that is not closed; write ${closing} at its end`,
  };
}

/** Where the author has to look, if it is not where the parser stumbled. */
function movedTo({ code, pos }: YAMLError, text: string): Partial<SyntaxFault> {
  if (code !== "BLOCK_AS_IMPLICIT_KEY") return {};
  const line = lineAt(text, pos[0]);
  const dash = /^ *-(?=[^\s-])/.exec(line);
  if (dash !== null) {
    const offset = lineStart(text, pos[0]) + dash[0].length - 1;
    return { offset, message: "must be valid YAML, got a - without a space after it; write a space between the two" };
  }
  const next = lineStart(text, pos[0]) + line.length + 1;
  const indent = /^ */.exec(lineAt(text, next))?.[0].length ?? 0;
  const own = /^(?: *- +)*\s*/.exec(line)?.[0].length ?? 0;
  if (line.slice(pos[0] - lineStart(text, pos[0])).includes(": ") || indent <= own || next >= text.length) return {};
  return {
    offset: next + indent,
    message: `must be valid YAML, got a line that is indented more than the one before it; indent both alike, or end the line before with its colon`,
  };
}

function describe({ code, message, pos }: YAMLError, text: string): string {
  switch (code) {
    case "MULTIPLE_DOCS":
      return "must be the only document of the file, got a second one after ---; write one file per environment";
    case "RESOURCE_EXHAUSTION":
      return "must be an environment, got values nested hundreds deep; write another file";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "must be valid YAML, got a second colon in one line; put a value that has a colon and a space into quotes";
    case "MULTILINE_IMPLICIT_KEY":
      return "must be valid YAML, got a key without a colon; write a colon and a space after it";
    case "BAD_SCALAR_START":
      return `must be valid YAML, got a value that begins with ${show(text[pos[0]])}; put it into quotes`;
    case "UNEXPECTED_TOKEN": {
      const bracket = /^[\]}]/.exec(text.slice(pos[0], pos[1]))?.[0];
      if (bracket === undefined) break;
      return `must be valid YAML, got a ${bracket} that nothing opened; drop it`;
    }
  }
  return `must be valid YAML, got a syntax error: ${message}`;
}

/** Takes out what has a key that is no word: it is told of as such, and would be an unknown key besides. */
export function dropUnnamed(document: Document): void {
  visit(document, {
    Map(_, map) {
      map.items = map.items.filter(({ key }) => keyName(key) !== undefined);
    },
  });
}

/** What the parser takes and no environment may have: keys that are written twice, and keys that are no words. */
export function keyFaults(document: Document): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  visit(document, {
    Map(_, map) {
      const names = new Set<string>();
      for (const { key } of map.items) {
        const name = keyName(key);
        const offset = startOf(key as Node | null);
        if (name === undefined) {
          const what = isCollection(key) ? (isMap(key) ? "a map" : "a list") : "an alias";
          faults.push({ offset, message: `must be a word as a key, got ${what}; write the key out` });
        } else if (names.has(name)) {
          faults.push({
            offset,
            message: `must be written once, got the key ${show(name)} again; drop one of the two`,
          });
        } else names.add(name);
      }
    },
  });
  return faults;
}

/** What a key is called; `undefined` when it is no word. */
export function keyName(key: unknown): string | undefined {
  if (key === null) return "";
  if (!isScalar(key)) return undefined;
  // The parser marks a merge key with a symbol that is called like it.
  if (typeof key.value === "symbol") return key.value.description;
  return key.value === null ? "" : String(key.value);
}

export function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return text.slice(lineStart(text, offset), end === -1 ? text.length : end);
}
