// What a run of Stryker says of the drawn mutants.
import { identityOf } from "./mutants.mjs";

/** Nine of ten are killed by the tests, whatever reasons the others have. */
const LEAST_KILLED = 0.9;

const KILLED = ["Killed", "Timeout", "RuntimeError"];

/** The lines to print, and whether the sample passed. */
export function judge({ mutants, drawn, reasons, results: all }) {
  const results = byIdentity(all);
  const survivors = drawn.filter(({ identity }) => !isKilled(results.get(identity)));
  const unexplained = survivors.filter((mutant) => !reasons.some((reason) => isOf(reason, mutant)));
  const stale = reasons.filter((reason) => {
    const alike = mutants.filter((mutant) => isOf(reason, mutant));
    const tried = drawn.filter((mutant) => isOf(reason, mutant));
    return alike.length === 0 || (tried.length > 0 && !survivors.some((mutant) => isOf(reason, mutant)));
  });
  const killed = drawn.length - survivors.length;
  const share = killed / drawn.length;
  return {
    passed: share >= LEAST_KILLED && unexplained.length === 0 && stale.length === 0,
    lines: [
      ...survivors.map(
        (mutant) => `${unexplained.includes(mutant) ? "survived" : "has a reason"}  ${shown(mutant, results)}`,
      ),
      ...stale.map(({ file, line }) => `the reason in survivors.json is of no mutant that survives  ${file}  ${line}`),
      `${killed} of ${drawn.length} killed, ${(share * 100).toFixed(1)} % (at least ${LEAST_KILLED * 100} % wanted); ` +
        `${survivors.length} survived, ${unexplained.length} of them without a reason`,
    ],
  };
}

/** Results count lines and columns from 1. */
function byIdentity(results) {
  const place = ({ line, column }) => ({ line: line - 1, column: column - 1 });
  return new Map(
    results.map((result) => {
      const location = { start: place(result.location.start), end: place(result.location.end) };
      return [identityOf({ ...result, location }), result];
    }),
  );
}

function isKilled(result) {
  return KILLED.includes(result?.status);
}

function isOf(reason, mutant) {
  return ["file", "line", "original", "replacement"].every((part) => reason[part] === mutant[part]);
}

function shown({ identity, file, location, original, replacement }, results) {
  const status = results.get(identity)?.status ?? "was not tried";
  return `${file}:${location.start.line + 1}:${location.start.column + 1}  ${original}  →  ${replacement}  (${status})`;
}
