import type { z } from "zod";
import { type Finding, formatPath, type Path } from "../limits/finding";
import { either, isMap, show, suggest } from "../limits/messages";
import { knownKeysOf } from "./fields";

type Issue = z.core.$ZodIssue;

/** Most unknown keys of one map that are told one by one. */
const MOST_KEYS = 100;

/** What is wrong with a file, from what the schema found in its data; one finding for each cause. */
export function findingsOf(issues: readonly Issue[], data: unknown): Finding[] {
  const findings = [...found(issues, []), ...lostKeys(data)];
  const told = new Set(
    findings.flatMap(({ path, meant }) => (meant === undefined ? [] : id([...path.slice(0, -1), meant]))),
  );
  const seen = new Set<string>();
  return findings.flatMap(({ path, at, message, isAbsent }): Finding[] => {
    // A key that is there, but misspelt, is not missing as well.
    if (isAbsent === true && told.has(id(path))) return [];
    const same = `${id(path)} ${at ?? ""} ${message}`;
    if (seen.has(same)) return [];
    seen.add(same);
    return [at === undefined ? { path, message } : { path, at, message }];
  });
}

/** A finding, and what it has to do with others. */
interface Related extends Finding {
  /** The key that an unknown one most likely is. */
  readonly meant?: string | undefined;
  /** Whether the value is not there at all. */
  readonly isAbsent?: boolean;
}

function found(issues: readonly Issue[], prefix: Path): Related[] {
  return issues.flatMap((issue): Related[] => {
    const path = [...prefix, ...issue.path];
    switch (issue.code) {
      case "unrecognized_keys":
        return unknownKeysOf(path, issue.keys, knownKeysOf(issue));
      case "invalid_key":
        return issue.issues.map(({ message }) => ({ path, at: "key", message }));
      case "invalid_union": {
        const nearest = nearestOption(issue.errors);
        return nearest === undefined ? [{ path, message: issue.message }] : found(nearest, path);
      }
      default:
        return [{ path, message: issue.message, isAbsent: issue.message.startsWith("is missing") }];
    }
  });
}

/** One finding for each key, but for those beyond what anybody reads: the first of them stands for all. */
function unknownKeysOf(path: Path, keys: readonly string[], known: readonly string[]): Related[] {
  const findings = keys.slice(0, MOST_KEYS).map((key) => unknownKey(path, key, known));
  const next = keys[MOST_KEYS];
  if (next === undefined) return findings;
  const message = `is the first of ${keys.length - MOST_KEYS} more keys that are not known; see whether this is the right file`;
  return [...findings, { path: [...path, next], at: "key", message }];
}

function unknownKey(path: Path, key: string, known: readonly string[]): Related {
  const meant = suggest(key, known);
  const advice = meant === undefined ? `write ${either(known)}` : `did you mean ${meant}?`;
  return { path: [...path, key], at: "key", message: `must be a known key, got ${show(key)}; ${advice}`, meant };
}

/** A name that every object of JavaScript has a meaning for: what is written under it would be lost without a word. */
const LOST = "__proto__";

function lostKeys(data: unknown): Related[] {
  const { tags, workers } = (isMap(data) ? data : {}) as { tags?: unknown; workers?: unknown };
  const labels = (Array.isArray(workers) ? workers : []).map((pool, index) => ({
    path: ["workers", index, "labels"],
    texts: isMap(pool) ? pool["labels"] : undefined,
  }));
  return [{ path: ["tags"], texts: tags }, ...labels].flatMap(({ path, texts }): Related[] => {
    if (!isMap(texts) || !Object.hasOwn(texts, LOST)) return [];
    const message = `must not be ${LOST}, which has a meaning of its own in JavaScript; write another name`;
    return [{ path: [...path, LOST], at: "key", message }];
  });
}

function id(path: Path): string {
  return formatPath(path);
}

/**
 * The option of a union that the author was writing: the one that least is wrong with. None when two are equally near,
 * as all are to a value that is no map, or when keys of two are mixed: then the union's own message says more.
 */
function nearestOption(options: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const [best, second] = options
    .map((issues) => ({ issues, weight: issues.reduce((sum, issue) => sum + weightOf(issue), 0) }))
    .sort((a, b) => a.weight - b.weight);
  if (best === undefined || best.weight === second?.weight) return undefined;
  const knownElsewhere = new Set(options.flatMap((issues) => unknownKeys(issues).flatMap(knownKeysOf)));
  const isMixed = unknownKeys(best.issues).some(({ keys }) => keys.some((key) => knownElsewhere.has(key)));
  return isMixed ? undefined : best.issues;
}

function unknownKeys(issues: readonly Issue[]) {
  return issues.filter((issue) => issue.code === "unrecognized_keys");
}

/** A key that the option does not have says more against it than one that is missing, faulty or misspelt. */
function weightOf(issue: Issue): number {
  if (issue.code !== "unrecognized_keys") return 1;
  const known = knownKeysOf(issue);
  if (issue.keys.length > MOST_KEYS) return 2 * issue.keys.length;
  return issue.keys.reduce((sum, key) => sum + (suggest(key, known) === undefined ? 2 : 0.5), 0);
}
