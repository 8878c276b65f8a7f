/** Longest piece of a file that a message repeats. */
const LONGEST_QUOTE = 60;

/** A number, or true or false, as it stands in a file: `0123`, which is the number 123. */
export class Written {
  public constructor(public readonly text: string) {}
}

/** Whether a value is a map, and no list. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Written);
}

/** A value of a file, as a message names it: `"text"`, `4`, `a map`. Never walks into lists and maps, which may be cyclic. */
export function show(value: unknown): string {
  if (value instanceof Written) return value.text;
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value);
}

/** What a value has to be, for messages. */
export interface Requirement {
  /** Completes "must …", like `be a whole number from 1 to 9`. */
  readonly must: string;
  /** A value to write instead, as it would stand in the file. */
  readonly example: string;
  /** Tells whether the value would do if it were of the right type: then the message says how to write just that. */
  readonly accepts?: (value: string | number) => boolean;
}

/** What is wrong with a value, the value got, and what to write instead. */
export function complain(requirement: Requirement, value: unknown): string {
  if (value === undefined) return `is missing: it must ${requirement.must}; write for example ${requirement.example}`;
  return `must ${requirement.must}, got ${show(value)}; write ${retyped(requirement, value) ?? `for example ${requirement.example}`}`;
}

/** The same value as the other type, when that is all that is wrong with it. */
function retyped({ accepts }: Requirement, value: unknown): string | undefined {
  if (accepts === undefined) return undefined;
  if (typeof value === "string" && value.trim() !== "" && accepts(Number(value))) {
    return `${Number(value)} without quotes`;
  }
  if (value instanceof Written && accepts(value.text)) return `"${value.text}" in quotes`;
  if ((typeof value === "number" || typeof value === "boolean") && accepts(String(value))) {
    return `"${value}" in quotes`;
  }
  return undefined;
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The candidate that was most likely meant, or `undefined` when none is near. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(word);
  // Beyond this length nothing is near, and the distance would cost its square.
  if (wanted.length > LONGEST_QUOTE) return undefined;
  const ranked = candidates
    // So many letters more or less are too many, whichever they are.
    .filter((candidate) => Math.abs(bare(candidate).length - wanted.length) <= mostDistance(candidate))
    .map((candidate) => ({ candidate, distance: distance(wanted, bare(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined) return undefined;
  return best.distance <= mostDistance(best.candidate) ? best.candidate : undefined;
}

/** How far a word may be from what was meant. */
function mostDistance(candidate: string): number {
  return Math.max(1, Math.floor(candidate.length / 3));
}

/** `instance_type`, `instance-type` and `InstanceType` are the same word. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, "");
}

/** Number of letters inserted, dropped, replaced or swapped with their neighbour to make one word of the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwapped ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
