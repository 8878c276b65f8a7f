import { type Patterns, type PolicyCondition, PolicyFault, parsePolicy, type Statement } from "./policy-document";
import { matchesAction, matchesArn, matchesExactly, matchesLike, type PolicyContext, valuesOf } from "./policy-pattern";

/** One thing a caller wants to do. A request can want several. */
export interface PolicyQuestion {
  /** Like `dynamodb:GetItem`. */
  readonly action: string;
  /** ARN; `*` where the action knows no resources, or the lab does not know which. */
  readonly resource: string;
  readonly context: PolicyContext;
  /**
   * Condition keys that AWS has values for in this request, and the lab has not.
   * @default none
   */
  readonly untold?: readonly string[];
}

/** A policy by its name, with its text as IAM has it. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: string;
}

/** Condition keys that the lab can give a value, or knows to be no part of a request. */
const KNOWN_KEYS = new Set(["aws:userid", "dynamodb:leadingkeys"]);

type Test = (pattern: string, value: string, context: PolicyContext) => boolean;
const TESTS: Readonly<Record<string, { readonly test: Test; readonly isNegated: boolean }>> = {
  StringEquals: { test: matchesExactly, isNegated: false },
  StringNotEquals: { test: matchesExactly, isNegated: true },
  StringLike: { test: matchesLike, isNegated: false },
  StringNotLike: { test: matchesLike, isNegated: true },
};

/**
 * Why the policies of a role do not allow something; `undefined` when they do. Nothing is allowed that no statement
 * allows, or that any statement denies; and nothing that depends on what cannot be read or judged here.
 */
export function refusalBy(policies: readonly NamedPolicy[], question: PolicyQuestion): string | undefined {
  let isAllowed = false;
  for (const { name, document } of policies) {
    try {
      for (const statement of parsePolicy(document)) {
        if (!applies(statement, question)) continue;
        if (statement.effect === "Deny") return `${statement.name} of policy ${name} denies it`;
        isAllowed = true;
      }
    } catch (error) {
      if (!(error instanceof PolicyFault)) throw error;
      return `policy ${name} cannot be judged: ${error.message}`;
    }
  }
  return isAllowed ? undefined : "no statement allows it";
}

/** Whether a statement is about this; its conditions are looked at only if the rest fits. */
function applies(statement: Statement, question: PolicyQuestion): boolean {
  const { action, resource, context } = question;
  if (!fits(statement.actions, (pattern) => matchesAction(pattern, action))) return false;
  if (!isAbout(statement, resource, context)) return false;
  // All of them, so that what cannot be judged is found also behind a condition that does not hold.
  return statement.conditions.map((condition) => holds(condition, question)).every((each) => each);
}

function fits({ isExcluded, values }: Patterns, matches: (pattern: string) => boolean): boolean {
  return values.some(matches) !== isExcluded;
}

/** A resource that is not known may be the one that a statement denies, and must not be taken for one it allows. */
function isAbout({ effect, resources }: Statement, resource: string, context: PolicyContext): boolean {
  if (resource !== "*") return fits(resources, (pattern) => matchesArn(pattern, resource, context));
  if (effect === "Deny") return true;
  return !resources.isExcluded && resources.values.includes("*");
}

function holds({ operator, key, values: patterns }: PolicyCondition, question: PolicyQuestion): boolean {
  const { context, untold = [] } = question;
  if (!KNOWN_KEYS.has(key.toLowerCase())) throw new PolicyFault(`the condition key ${key} is not known`);
  if (untold.includes(key.toLowerCase())) throw new PolicyFault(`the lab cannot tell ${key} of this request`);
  const values = valuesOf(context, key) ?? [];
  const { quantifier, name, ifExists } = partsOf(operator);
  if (name === "Null") return patterns.every((pattern) => (pattern === "true") === (values.length === 0));
  const known = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (known === undefined) throw new PolicyFault(`the condition operator ${operator} is not known`);
  if (ifExists && values.length === 0) return true;
  const passes = (value: string): boolean =>
    patterns.map((pattern) => known.test(pattern, value, context)).some((each) => each) !== known.isNegated;
  if (quantifier === "ForAllValues") return values.every(passes);
  if (quantifier === "ForAnyValue") return values.some(passes);
  if (values.length > 1) throw new PolicyFault(`${operator} cannot be asked of the several values of ${key}`);
  return values[0] === undefined ? known.isNegated : passes(values[0]);
}

function partsOf(operator: string): { quantifier?: string; name: string; ifExists: boolean } {
  const [, quantifier, name = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { quantifier, name, ifExists: ifExists !== undefined };
}
