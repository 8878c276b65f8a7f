import { complain, either, isMap, show, suggest } from "./messages";

/** What a value has to be. */
export interface Limit {
  /** What is wrong with a value, completing its name, like `must be …, got …; write …`; or nothing. */
  fault(value: unknown): string | undefined;
}

/** A limit with the value that stands for one left out. */
export type WithDefault<L extends Limit, T> = L & { readonly default: T };

/** A text of a given shape. */
export interface TextLimit extends Limit {
  readonly pattern: RegExp;
  /** The whole limit in the words of JSON Schema, by which editors check it. */
  readonly schema: TextSchema;
}

/** Keywords of JSON Schema for a text. */
export interface TextSchema {
  readonly pattern: string;
  /** What editors say of a text that does not fit, instead of the pattern. */
  readonly patternErrorMessage: string;
  readonly not?: { readonly pattern: string };
}

/** A whole number within bounds, both included. */
export interface WholeLimit extends Limit {
  readonly min: number;
  readonly max: number;
}

/** One of a few words. */
export interface ChoiceLimit<Words extends readonly string[]> extends Limit {
  readonly words: Words;
}

/** A list by the number of its items; each item has a limit of its own. */
export interface ListLimit extends Limit {
  readonly min: number;
  readonly max: number;
}

/** A map from free keys to texts. */
export interface TextsLimit extends Limit {
  readonly key: TextLimit;
  readonly value: TextLimit;
  readonly max: number;
}

export function withDefault<L extends Limit, const T>(limit: L, value: T): WithDefault<L, T> {
  return { ...limit, default: value };
}

export function textLimit(rule: {
  readonly pattern: RegExp;
  /** Completes "must …". */
  readonly must: string;
  readonly example: string;
  /** What is wrong with a text that has the shape. */
  readonly refuse?: (value: string) => string | undefined;
  /** The texts of the shape that `refuse` refuses, so that editors refuse them too. */
  readonly never?: RegExp;
  /** Instead of `pattern` and `never`, a pattern of exactly the texts that are taken, as editors use it. */
  readonly exactly?: string;
  /** What a text without the shape was most likely meant to be, if that can be told. */
  readonly meant?: (value: string) => string | undefined;
}): TextLimit {
  const { pattern, must, refuse, meant } = rule;
  const accepts = (value: unknown): value is string => typeof value === "string" && pattern.test(value);
  const not = rule.never === undefined ? {} : { not: { pattern: rule.never.source } };
  return {
    pattern,
    schema: { pattern: portable(rule.exactly ?? pattern.source), patternErrorMessage: `must ${must}`, ...not },
    fault: (value) => {
      if (accepts(value)) return refuse?.(value);
      const example = (typeof value === "string" ? meant?.(value) : undefined) ?? rule.example;
      return complain({ must, example, accepts }, value);
    },
  };
}

/**
 * @param unit completes "a whole number", like ` of seconds`
 */
export function wholeLimit(min: number, max: number, example: number, unit = ""): WholeLimit {
  const accepts = (value: unknown) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
  const must = `be a whole number${unit} from ${min} to ${max}`;
  const requirement = { must, example: String(example), accepts };
  return { min, max, fault: (value) => (accepts(value) ? undefined : complain(requirement, value)) };
}

/** A pattern that means the same in JavaScript and Python, whose `$` also stands before a line break at the end. */
function portable(pattern: string): string {
  return pattern.replace(/\$$/, "(?!\\n)$");
}

export function choiceLimit<const Words extends readonly [string, ...string[]]>(words: Words): ChoiceLimit<Words> {
  return { words, fault: (value) => (words.some((word) => word === value) ? undefined : notOneOf(words, value)) };
}

/** What is wrong with a value that is not one of these words. */
export function notOneOf(words: readonly string[], value: unknown): string {
  const meant = typeof value === "string" ? suggest(value, words) : undefined;
  return complain({ must: `be ${either(words)}`, example: meant ?? words[0] ?? "" }, value);
}

/** What people write for true and false, in YAML 1.1 and elsewhere. */
const FLAG_WORDS = new Map([
  ...["true", "yes", "y", "on", "1", "enabled"].map((word) => [word, "true"] as const),
  ...["false", "no", "n", "off", "0", "disabled"].map((word) => [word, "false"] as const),
]);

/** Yes or no. */
export const flagLimit: Limit = {
  fault: (value) => {
    if (typeof value === "boolean") return undefined;
    const meant = FLAG_WORDS.get(String(value).toLowerCase());
    if (meant === undefined) return complain({ must: "be true or false", example: "true" }, value);
    return `must be true or false, got ${show(value)}; write ${meant}${value === meant ? " without quotes" : ""}`;
  },
};

/** One of many words, of which a message names only the nearest. */
export function wordLimit(words: readonly string[], must: string, example: string): ChoiceLimit<readonly string[]> {
  return {
    words,
    fault: (value) => {
      if (words.some((word) => word === value)) return undefined;
      const meant = typeof value === "string" ? suggest(value, words) : undefined;
      if (meant === undefined) return complain({ must, example }, value);
      return `must ${must}, got ${show(value)}; did you mean ${meant}?`;
    },
  };
}

export function listLimit(min: number, max: number, must: string, example: string): ListLimit {
  const accepts = (value: unknown) => Array.isArray(value) && value.length >= min && value.length <= max;
  return { min, max, fault: (value) => (accepts(value) ? undefined : complain({ must, example }, value)) };
}

/** The limit is on the map itself; keys and values have limits of their own. */
export function textsLimit(rule: {
  readonly key: TextLimit;
  readonly value: TextLimit;
  readonly max: number;
  /** Completes "must …". */
  readonly must: string;
  readonly example: string;
  /** What is wrong with the map as a whole. */
  readonly refuse?: (entries: Readonly<Record<string, unknown>>) => string | undefined;
}): TextsLimit {
  const { key, value: valueLimit, max, must, example, refuse } = rule;
  return {
    key,
    value: valueLimit,
    max,
    fault: (value) => {
      if (!isMap(value)) return complain({ must, example }, value);
      const count = Object.keys(value).length;
      return count > max ? `must have at most ${max} entries, got ${count}; drop some` : refuse?.(value);
    },
  };
}
