import type { AccountNames, AccountPolicies } from "./account-policies";
import { PolicyFault } from "./policy-document";
import type { PolicyQuestion } from "./policy-evaluator";

type Json = Readonly<Record<string, unknown>>;

interface DynamoDbRequest {
  readonly action: string;
  readonly region: string;
  readonly body: string;
}

/** Actions on one item, and the parameter that holds its key. */
const ITEM_ACTIONS: Readonly<Record<string, "Key" | "Item">> = {
  GetItem: "Key",
  UpdateItem: "Key",
  DeleteItem: "Key",
  PutItem: "Item",
  ConditionCheckItem: "Key",
};

/** What each part of a transaction is to IAM: there are no permissions on transactions themselves. */
const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Get: "GetItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  Put: "PutItem",
  ConditionCheck: "ConditionCheckItem",
};

const LEADING_KEYS = "dynamodb:leadingkeys";

/** What a request to DynamoDB asks of IAM, item by item. */
export function dynamoDbQuestions(
  request: DynamoDbRequest,
  account: AccountPolicies,
  names: AccountNames,
): readonly PolicyQuestion[] {
  const { action } = request;
  const body = objectOf(parse(request.body));
  const ask = (asked: string, table: unknown, items: readonly unknown[], index?: unknown): PolicyQuestion => {
    const arn = tableArn(table, request.region, names);
    const leadingKeys = items.flatMap((item) => keysOf(item, arn, account));
    const context: PolicyQuestion["context"] =
      items.length === 0 ? {} : { "dynamodb:LeadingKeys": [...new Set(leadingKeys)] };
    const resource = index === undefined ? arn : `${arn}/index/${index}`;
    return { action: `dynamodb:${asked}`, resource, context };
  };
  switch (action) {
    case "TransactWriteItems":
    case "TransactGetItems":
      return listOf(body["TransactItems"]).flatMap((part) =>
        Object.entries(objectOf(part)).map(([kind, given]) => {
          const asked = Object.hasOwn(TRANSACTION_ACTIONS, kind) ? TRANSACTION_ACTIONS[kind] : undefined;
          if (asked === undefined) throw new PolicyFault(`a transaction has no part called ${kind}`);
          return ask(asked, objectOf(given)["TableName"], [itemOf(asked, objectOf(given))]);
        }),
      );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(objectOf(body["RequestItems"])).map(([table, given]) =>
        ask(action, table, batchItems(given)),
      );
    case "Query": // Its key stands in an expression.
      return [{ ...ask(action, body["TableName"], [], body["IndexName"]), untold: [LEADING_KEYS] }];
    case "Scan": // Has no key, and so conditions on all keys hold: that is how AWS sees it.
      return [ask(action, body["TableName"], [], body["IndexName"])];
    case "ExecuteStatement":
    case "ExecuteTransaction":
    case "BatchExecuteStatement":
      throw new PolicyFault("the lab does not look into PartiQL");
  }
  if (Object.hasOwn(ITEM_ACTIONS, action)) return [ask(action, body["TableName"], [itemOf(action, body)])];
  if (body["TableName"] !== undefined) return [ask(action, body["TableName"], [])];
  return [{ action: `dynamodb:${action}`, resource: "*", context: {} }];
}

function itemOf(action: string, given: Json): unknown {
  return given[ITEM_ACTIONS[action] ?? "Key"];
}

function batchItems(given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) return listOf(objectOf(given)["Keys"]);
  return given.flatMap((part) =>
    Object.entries(objectOf(part)).map(([kind, write]) => objectOf(write)[kind === "PutRequest" ? "Item" : "Key"]),
  );
}

function tableArn(table: unknown, region: string, { partition, accountId }: AccountNames): string {
  if (typeof table !== "string") throw new PolicyFault("it names no table");
  return table.startsWith("arn:") ? table : `arn:${partition}:dynamodb:${region}:${accountId}:table/${table}`;
}

/** First part of an item's key; of a table that is not there only what can be nothing else, for the log shows it. */
function keysOf(item: unknown, arn: string, { tables }: AccountPolicies): readonly string[] {
  const attributes = objectOf(item);
  const table = tables.find((each) => each.arn === arn);
  if (table === undefined && Object.keys(attributes).length > 1) throw new PolicyFault("its table is not known");
  const values = table === undefined ? Object.values(attributes) : [attributes[table.hashKey]];
  return values.map((value) => {
    const [scalar] = Object.values(objectOf(value));
    if (typeof scalar !== "string") throw new PolicyFault("it has an item without a key");
    return scalar;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyFault("its body is not JSON");
  }
}

function objectOf(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PolicyFault("its body is not as DynamoDB's are");
  return value as Json;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new PolicyFault("its body is not as DynamoDB's are");
  return value;
}
