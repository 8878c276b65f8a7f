import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type PolicyQuestion, refusalBy } from "../../../../lib/lab/front/policies/policy-evaluator";
import { recordKey } from "../../../../lib/registry/records";
import { allows } from "../../../security/policy-evaluator";
import { TABLE, WORKER_ROLE_ID, workerPolicy } from "./support";

const ALLOW_ALL = { Effect: "Allow", Action: "*", Resource: "*" };

function refusal(statements: unknown, question: Partial<PolicyQuestion> = {}): string | undefined {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const asked = { action: "dynamodb:GetItem", resource: TABLE, context: {}, ...question };
  return refusalBy([{ name: "p", document }], asked);
}

function allow(changes: object, question: Partial<PolicyQuestion> = {}): boolean {
  return refusal({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE, ...changes }, question) === undefined;
}

function keys(...values: readonly string[]): Partial<PolicyQuestion> {
  return { context: { "dynamodb:LeadingKeys": values, "aws:userid": ["AROA:i-1"] } };
}

const onKeys = (operator: string, ...values: readonly string[]) => ({
  Condition: { [operator]: { "dynamodb:LeadingKeys": values } },
});

describe("actions", () => {
  test.each([
    ["dynamodb:GetItem", true],
    ["DynamoDB:getitem", true],
    ["dynamodb:Get*", true],
    ["dynamodb:GetIte?", true],
    ["dynamodb:GetItem?", false],
    ["dynamodb:Get", false],
    ["*:GetIte", false],
    ["dynamodb.GetItem", false],
  ])("fails when Action %s is not judged as IAM does", (Action, expected) => {
    expect(allow({ Action })).toBe(expected);
  });

  test("fails when NotAction allows what it names, or refuses what it does not", () => {
    const statement = { Effect: "Allow", NotAction: ["dynamodb:Get*"], Resource: "*" };
    expect(refusal(statement)).toBe("no statement allows it");
    expect(refusal(statement, { action: "dynamodb:Scan" })).toBeUndefined();
  });
});

describe("resources", () => {
  const group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:11-22:autoScalingGroupName/apps-w";

  test.each([
    ["*", true],
    [group.replace("11-22", "*"), true],
    [group.replace("apps-w", "apps-?"), true],
    [group.replace("apps-w", "apps"), false],
    [group.replace("us-east-1", "eu-*"), false],
    ["arn:aws:autoscaling:us-*t-1:123456789012:autoScalingGroup:*", true],
    ["arn:aws:auto*Name/apps-w", false],
  ])("fails when Resource %s is not judged as IAM does", (Resource, expected) => {
    expect(allow({ Resource }, { resource: group })).toBe(expected);
  });

  test("fails when a resource that is not known is taken for one that is allowed, or for none that is denied", () => {
    const deny = { Effect: "Deny", Action: "*", Resource: TABLE };
    expect(refusal({ ...ALLOW_ALL, Resource: "arn:*" }, { resource: "*" })).toBe("no statement allows it");
    expect(refusal([ALLOW_ALL, deny], { resource: "*" })).toContain("denies it");
  });
});

describe("effects", () => {
  const deny = { Sid: "Never", Effect: "Deny", Action: "dynamodb:GetItem", Resource: "*" };

  test.each([
    ["before", [deny, ALLOW_ALL]],
    ["after", [ALLOW_ALL, deny]],
  ])("fails when a Deny %s an Allow does not win", (_, statements) => {
    expect(refusal(statements)).toBe("Never of policy p denies it");
  });

  test("fails when a Deny about something else denies", () => {
    expect(refusal([ALLOW_ALL, { ...deny, Action: "dynamodb:Scan" }])).toBeUndefined();
  });

  test("fails when nothing is something", () => {
    expect(refusalBy([], { action: "dynamodb:GetItem", resource: TABLE, context: {} })).toBe("no statement allows it");
  });
});

describe("conditions", () => {
  test.each([
    ["StringEquals", ["a"], ["a"], true],
    ["StringEquals", ["a*"], ["ab"], false],
    ["StringEquals", ["a"], [], false],
    ["StringEqualsIfExists", ["a"], [], true],
    ["StringNotEquals", ["a", "b"], ["b"], false],
    ["StringNotEquals", ["a"], ["c"], true],
    ["StringLike", ["a*"], ["ab"], true],
    ["StringLike", ["a?"], ["abc"], false],
    ["StringNotLike", ["a*"], ["ab"], false],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
    ["ForAllValues:StringEquals", ["a"], ["a", "c"], false],
    ["ForAllValues:StringEquals", ["a"], [], true],
    ["ForAllValues:StringLike", ["r#*"], ["r#1", "r#2"], true],
    ["ForAllValues:StringLike", ["r#*"], ["r#1", "x"], false],
    ["ForAnyValue:StringEquals", ["a"], ["a", "c"], true],
    ["ForAnyValue:StringEquals", ["a"], [], false],
    ["Null", ["false"], ["a"], true],
    ["Null", ["false"], [], false],
  ])("fails when %s %j of the keys %j is not judged as IAM does", (operator, patterns, values, expected) => {
    expect(allow(onKeys(operator, ...patterns), keys(...values))).toBe(expected);
  });

  test("fails when one of two operators is enough", () => {
    const Condition = {
      StringEquals: { "dynamodb:LeadingKeys": "a" },
      StringLike: { "aws:userid": "AROA:i-2" },
    };
    expect(allow({ Condition }, keys("a"))).toBe(false);
  });

  test.each([
    ["node#${aws:userid}", "node#AROA:i-1", true],
    ["node#${AWS:UserId}", "node#AROA:i-1", true],
    ["node#${aws:userid}", "node#AROA:i-2", false],
    ["node#${aws:userid}", "node#${aws:userid}", false],
    ["node#${aws:username}", "node#", false],
    ["${*}", "*", true],
    ["${*}", "a", false],
  ])("fails when the variable in %s is not filled in as IAM does (%s)", (pattern, value, expected) => {
    expect(allow(onKeys("ForAllValues:StringLike", pattern), keys(value))).toBe(expected);
  });

  test("fails when a wildcard in a variable's value is one", () => {
    const question = { context: { "dynamodb:LeadingKeys": ["node#x"], "aws:userid": ["*"] } };
    expect(allow(onKeys("StringLike", "node#${aws:userid}"), question)).toBe(false);
  });
});

describe("what cannot be judged", () => {
  test.each([
    ["an unknown operator", onKeys("StringMatches", "a")],
    ["an unknown quantifier", onKeys("ForMostValues:StringEquals", "a")],
    ["an operator that every object has", onKeys("constructor", "a")],
    ["an unknown key", { Condition: { StringEquals: { "aws:SourceVpc": "a" } } }],
    [
      "an unknown key behind a condition that does not hold",
      { Condition: { ...onKeys("StringEquals", "z").Condition, StringLike: { "aws:x": "a" } } },
    ],
    ["a variable of another kind", onKeys("StringEquals", "${aws:userid, 'nobody'}")],
    ["an unknown element", { Principal: "*" }],
    ["two actions that exclude each other", { NotAction: "*" }],
    ["a resource that is a number", { Resource: 1 }],
    ["an effect of another kind", { Effect: "allow" }],
  ])("fails when %s does not refuse what other statements allow", (_, changes) => {
    const odd = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE, ...changes };
    expect(refusal([ALLOW_ALL, odd], keys("a"))).toContain("policy p cannot be judged: ");
  });

  test("fails when a condition is taken to hold on a key that the lab cannot tell", () => {
    const question = { action: "dynamodb:Query", untold: ["dynamodb:leadingkeys"] };
    const statement = { Action: "dynamodb:Query", ...onKeys("ForAllValues:StringEquals", "a") };
    expect(allow(statement, question)).toBe(false);
  });

  test("fails when it refuses what has nothing to do with it", () => {
    const odd = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*", ...onKeys("StringMatches", "a") };
    expect(refusal([ALLOW_ALL, odd])).toBeUndefined();
  });

  test.each(["", "[]", "null", '{"Statement":[]}', '{"Version":"2008-10-17","Statement":[]}'])(
    "fails when the policy %s is one",
    (document) => {
      const question = { action: "a:B", resource: "*", context: {} };
      expect(refusalBy([{ name: "p", document }], question)).toContain("cannot be judged");
    },
  );
});

const anyKey = fc.oneof(
  fc.constantFrom(
    "cluster",
    "token#worker",
    "token#manager",
    "removing#x",
    "slot#0",
    recordKey.node(WORKER_ROLE_ID, "i-1"),
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 6 }).map((rest) => recordKey.node(WORKER_ROLE_ID, `i-1${rest}`)),
  fc.string({ maxLength: 6 }).map((rest) => `removing#${rest}`),
);
const anyAction = fc.constantFrom("GetItem", "UpdateItem", "PutItem", "DeleteItem", "Scan", "Query", "BatchGetItem");

function onRecord(action: string, key: string): PolicyQuestion {
  const context = { "dynamodb:LeadingKeys": [key], "aws:userid": [`${WORKER_ROLE_ID}:i-1`] };
  return { action: `dynamodb:${action}`, resource: TABLE, context };
}

property.prop([anyAction, anyKey])(
  "fails when a worker may touch a record that the protocol does not name",
  (action, key) => {
    const own = recordKey.node(WORKER_ROLE_ID, "i-1");
    const mayRead = key === "cluster" || key === "token#worker" || key === own || key.startsWith("removing#");
    const expected = (action === "GetItem" && mayRead) || (action === "UpdateItem" && key === own);
    const refused = refusalBy([{ name: "p", document: workerPolicy }], onRecord(action, key));
    expect(refused === undefined).toBe(expected);
  },
);

property.prop([anyAction, anyKey])(
  "fails when the lab and the synthesis' own tests disagree on a policy",
  (action, key) => {
    const context = { "dynamodb:LeadingKeys": [key], "aws:userid": `${WORKER_ROLE_ID}:i-1` };
    const other = allows(workerPolicy, { action: `dynamodb:${action}`, resource: TABLE, context });
    expect(refusalBy([{ name: "p", document: workerPolicy }], onRecord(action, key)) === undefined).toBe(other);
  },
);

property.prop([fc.string(), fc.string()])(
  "fails when a text is not itself, or a pattern breaks out of its text",
  (text, other) => {
    const literal = text.replaceAll(/[*?$]/g, "");
    const like = (value: string) => allow(onKeys("StringLike", literal), keys(value));
    expect(like(literal)).toBe(true);
    expect(like(other)).toBe(other === literal);
  },
);

property.prop([fc.json()])("fails when some JSON allows something, or throws", (document) => {
  const question = { action: "dynamodb:Scan", resource: TABLE, context: {} };
  expect(refusalBy([{ name: "p", document }], question)).toBeTypeOf("string");
});
