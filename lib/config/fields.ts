import { z } from "zod";
import { complain, either, type Requirement, show, suggest } from "../limits/messages";
import { contains, formatCidr, networkOf, parseCidr } from "../network/cidr";

/** Parts of a schema whose faults say what was got and what to write; each schema says so itself, so nothing is translated later. */

type ErrorOf = (issue: { readonly input?: unknown }) => string;

const errorOf =
  (requirement: Requirement): ErrorOf =>
  (issue) =>
    complain(requirement, issue.input);

/** Separates the known keys in the message of an unknown key's issue; see {@link map}. */
const KEY_SEPARATOR = " ";

/** A map with these keys and no others. The issue for unknown keys carries the known ones: {@link knownKeysOf} reads them. */
export function map<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? keys.join(KEY_SEPARATOR)
        : complain({ must: `be a map with the keys ${keys.join(", ")}`, example: `${keys[0]}: …` }, issue.input),
  });
}

/** The keys that a map knows, from the issue about one that it does not know. */
export function knownKeysOf(issue: { readonly message: string }): string[] {
  return issue.message.split(KEY_SEPARATOR);
}

/** A text of a given shape. */
export function text(pattern: RegExp, must: string, example: string) {
  const accepts = (value: string | number) => typeof value === "string" && pattern.test(value);
  const error = errorOf({ must, example, accepts });
  return z.string({ error }).regex(pattern, { error });
}

/** A text of a given shape of which `refuse` says, where it is no good, what it must be. */
export function checkedText(
  pattern: RegExp,
  must: string,
  example: string,
  refuse: (value: string) => string | undefined,
) {
  return text(pattern, must, example).superRefine((value, context) => {
    const message = pattern.test(value) ? refuse(value) : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

/** A whole number within bounds, both included. */
export function whole(min: number, max: number, example: number, unit = "") {
  const accepts = (value: string | number) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  const error = errorOf({
    must: `be a whole number${unit} from ${min} to ${max}`,
    example: String(example),
    accepts,
  });
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Yes or no. */
export function flag() {
  return z.boolean({ error: errorOf({ must: "be true or false", example: "true" }) });
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: (issue) => notOneOf(words, issue.input) });
}

/** What is wrong with a value that is not one of these words. */
export function notOneOf(words: readonly string[], value: unknown): string {
  const meant = typeof value === "string" ? suggest(value, words) : undefined;
  return complain({ must: `be ${either(words)}`, example: meant ?? words[0] ?? "" }, value);
}

/** A list of `min` to `max` items. */
export function list<Item extends z.ZodType>(item: Item, min: number, max: number, must: string, example: string) {
  const error = errorOf({ must, example });
  return z.array(item, { error }).min(min, { error }).max(max, { error });
}

/** A map from free keys to texts. */
export function texts(key: z.ZodString, value: z.ZodString, most: number, must: string, example: string) {
  const error = errorOf({ must, example });
  return z.record(key, value, { error }).superRefine((entries, context) => {
    const count = Object.keys(entries).length;
    if (count > most) {
      context.addIssue({ code: "custom", message: `must have at most ${most} entries, got ${count}; drop some` });
    }
  });
}

const CIDR_PATTERN = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/** An IPv4 block without host bits; `refuse` adds what else it must be. */
export function cidr(example: string, refuse: (value: string) => string | undefined = () => undefined) {
  const must = "be an IPv4 block: four decimal numbers up to 255, then a slash and a prefix length up to 32";
  return checkedText(CIDR_PATTERN, must, example, (value) => {
    const block = parseCidr(value);
    if (block === undefined) return complain({ must, example }, value);
    const network = formatCidr(networkOf(block));
    if (network !== value) {
      return `must have no host bits: ${show(value)} is an address inside ${network}; write ${network}`;
    }
    return refuse(value);
  });
}

/** Whether the block lies in one of the others. Both as text; a text that is no block lies nowhere. */
export function liesIn(value: string, others: readonly string[]): boolean {
  const inner = parseCidr(value);
  return others.some((other) => {
    const outer = parseCidr(other);
    return inner !== undefined && outer !== undefined && contains(outer, inner);
  });
}
