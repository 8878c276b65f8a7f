import { z } from "zod";
import type { ChoiceLimit, Limit, ListLimit, TextLimit, TextsLimit, WholeLimit } from "../limits/limit";
import { complain } from "../limits/messages";

/** Parts of a schema whose faults say what was got and what to write; each schema says so itself, so nothing is translated later. */

type ErrorOf = (issue: { readonly input?: unknown }) => string | undefined;

const errorOf =
  (limit: Limit): ErrorOf =>
  ({ input }) =>
    limit.fault(input);

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
export function text(limit: TextLimit) {
  const error = errorOf(limit);
  return z
    .string({ error })
    .regex(limit.pattern, { error })
    .superRefine((value, context) => {
      const message = limit.pattern.test(value) ? limit.fault(value) : undefined;
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .meta({ ...limit.schema });
}

/** A whole number within bounds, both included. */
export function whole(limit: WholeLimit) {
  const error = errorOf(limit);
  return z.int({ error }).min(limit.min, { error }).max(limit.max, { error });
}

/** Yes or no. */
export function flag(limit: Limit) {
  return z.boolean({ error: errorOf(limit) });
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(limit: ChoiceLimit<Words>) {
  return z.enum(limit.words, { error: errorOf(limit) });
}

/** A list of as many items as the limit allows. */
export function list<Item extends z.ZodType>(item: Item, limit: ListLimit) {
  const error = errorOf(limit);
  return z.array(item, { error }).min(limit.min, { error }).max(limit.max, { error });
}

/** A map from free keys to texts. */
export function texts(limit: TextsLimit, value: z.ZodString = text(limit.value)) {
  return z
    .record(text(limit.key), value, { error: errorOf(limit) })
    .superRefine((entries, context) => {
      const message = limit.fault(entries);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .meta({ maxProperties: limit.max });
}
