/** A policy that says what cannot be judged here, or is no policy. What it decides on is refused. */
export class PolicyFault extends Error {
  public constructor(message: string) {
    super(message);
    this.name = "PolicyFault";
  }
}

/** `Action` or `NotAction`, `Resource` or `NotResource`: patterns, and whether they name what is left out. */
export interface Patterns {
  readonly isExcluded: boolean;
  readonly values: readonly string[];
}

/** One condition: an operator as it is written, the key it tests, and the values it tests against. */
export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  /** Its `Sid`, or its place in the policy. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: Patterns;
  readonly resources: Patterns;
  readonly conditions: readonly PolicyCondition[];
}

type Json = Readonly<Record<string, unknown>>;

const DOCUMENT_ELEMENTS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_ELEMENTS = new Set([
  ...["Sid", "Effect", "Condition"],
  ...["Action", "NotAction", "Resource", "NotResource"],
]);
/** The version that knows policy variables; an older policy would mean them literally. */
const VERSION = "2012-10-17";

/** Reads an identity policy as IAM has it. Throws a {@link PolicyFault} for whatever it does not know. */
export function parsePolicy(text: string): readonly Statement[] {
  const document = objectOf(parseJson(text), "the policy");
  refuseUnknown(document, DOCUMENT_ELEMENTS, "the policy");
  if (document["Version"] !== VERSION) throw new PolicyFault(`its Version is not ${VERSION}`);
  return listOf(document["Statement"]).map(statementOf);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyFault("it is not JSON");
  }
}

function statementOf(value: unknown, index: number): Statement {
  const given = objectOf(value, `statement ${index}`);
  const name = typeof given["Sid"] === "string" && given["Sid"] !== "" ? given["Sid"] : `statement ${index}`;
  refuseUnknown(given, STATEMENT_ELEMENTS, name);
  const effect = given["Effect"];
  if (effect !== "Allow" && effect !== "Deny") throw new PolicyFault(`${name} has no Effect that is Allow or Deny`);
  return {
    name,
    effect,
    actions: patternsOf(given, "Action", name),
    resources: patternsOf(given, "Resource", name),
    conditions: conditionsOf(given["Condition"], name),
  };
}

function patternsOf(statement: Json, element: "Action" | "Resource", name: string): Patterns {
  const [plain, excluded] = [statement[element], statement[`Not${element}`]];
  if ((plain === undefined) === (excluded === undefined))
    throw new PolicyFault(`${name} must have either ${element} or Not${element}`);
  const values = stringsOf(plain ?? excluded, `${element} of ${name}`);
  if (values.length === 0) throw new PolicyFault(`${element} of ${name} is empty`);
  return { isExcluded: plain === undefined, values };
}

function conditionsOf(value: unknown, name: string): readonly PolicyCondition[] {
  if (value === undefined) return [];
  return Object.entries(objectOf(value, `Condition of ${name}`)).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys, `${operator} of ${name}`)).map(([key, values]) => ({
      operator,
      key,
      values: stringsOf(values, `${operator} of ${name}`),
    })),
  );
}

function refuseUnknown(given: Json, known: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(given).filter((element) => !known.has(element));
  if (unknown.length > 0) throw new PolicyFault(`${where} has the unknown element ${unknown.join(", ")}`);
}

function objectOf(value: unknown, where: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PolicyFault(`${where} is not an object`);
  return value as Json;
}

/** IAM takes one thing for a list of one. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function stringsOf(value: unknown, where: string): readonly string[] {
  return listOf(value).map((each) => {
    if (typeof each === "boolean") return String(each);
    if (typeof each === "string") return each;
    throw new PolicyFault(`${where} holds what is not a string`);
  });
}
