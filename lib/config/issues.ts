import type { z } from "zod";
import type { Finding, Path } from "../limits/finding";
import { either, show, suggest } from "../limits/messages";
import { knownKeysOf } from "./fields";

type Issue = z.core.$ZodIssue;

/** What is wrong with a file, from what the schema found; one finding for each unknown key. */
export function findingsOf(issues: readonly Issue[], prefix: Path = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = [...prefix, ...issue.path];
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => unknownKey(path, key, knownKeysOf(issue)));
      case "invalid_key":
        return issue.issues.map(({ message }) => ({ path, at: "key", message }));
      case "invalid_union": {
        const nearest = nearestOption(issue.errors);
        return nearest === undefined ? [{ path, message: issue.message }] : findingsOf(nearest, path);
      }
      default:
        return [{ path, message: issue.message }];
    }
  });
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const meant = suggest(key, known);
  const advice = meant === undefined ? `write ${either(known)}` : `did you mean ${meant}?`;
  return { path: [...path, key], at: "key", message: `must be a known key, got ${show(key)}; ${advice}` };
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
  const knownElsewhere = options.flatMap((issues) => unknownKeys(issues).flatMap(knownKeysOf));
  const isMixed = unknownKeys(best.issues).some(({ keys }) => keys.some((key) => knownElsewhere.includes(key)));
  return isMixed ? undefined : best.issues;
}

function unknownKeys(issues: readonly Issue[]) {
  return issues.filter((issue) => issue.code === "unrecognized_keys");
}

/** A key that the option does not have says more against it than one that is missing or faulty. */
function weightOf(issue: Issue): number {
  return issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1;
}
