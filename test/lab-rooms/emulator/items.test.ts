import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Moto, startMoto } from "../../../lib/lab/emulator/moto";
import { Front } from "../../../lib/lab/front/front";
import { START_TIMEOUT_MS } from "./account";

const TableName = "registry";
const WRITERS = 20;
let moto: Moto;
let front: Front;
let client: DynamoDBClient;

beforeAll(async () => {
  moto = await startMoto();
  front = new Front({ upstreamPort: moto.port });
  const endpoint = `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}`;
  const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
  client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    }),
  );
}, START_TIMEOUT_MS);

afterAll(async () => {
  client.destroy();
  await front.close();
  await moto.stop();
});

async function read(pk: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }));
  return Item && Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? value.N]));
}

/** Publishes a token if nobody owns the cluster yet: two records, both or neither. */
function claim(owner: string, cluster: string, token: string): Promise<unknown> {
  const update = (pk: string, condition?: string) => ({
    Update: {
      TableName,
      Key: { pk: { S: pk } },
      UpdateExpression: "SET claimedBy = :owner",
      ExpressionAttributeValues: { ":owner": { S: owner } },
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
    },
  });
  // The condition comes last, when the other write is done, if transactions are a sequence of writes.
  const TransactItems = [update(token), update(cluster, "attribute_not_exists(claimedBy)")];
  return client.send(new TransactWriteItemsCommand({ TransactItems }));
}

test("fails when more than one of many transactions wins on the same condition, or a loser leaves a trace", async () => {
  // WHEN
  const results = await Promise.allSettled(
    Array.from({ length: WRITERS }, (_, index) => claim(`node-${index}`, "cluster", "token")),
  );

  // THEN
  const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [`node-${index}`] : []));
  const names = new Set(results.flatMap((each) => (each.status === "rejected" ? [each.reason.name] : [])));
  expect(winners).toHaveLength(1);
  expect([...names]).toEqual(["TransactionCanceledException"]);
  expect([await read("cluster"), await read("token")]).toMatchObject([
    { claimedBy: winners[0] },
    { claimedBy: winners[0] },
  ]);
});

test("fails when a transaction that is cancelled does not say which condition failed, or changed anything", async () => {
  // GIVEN
  await claim("first", "cluster-2", "token-2");

  // WHEN
  const second = claim("second", "cluster-2", "other-token");

  // THEN
  await expect(second).rejects.toMatchObject({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed" }],
  });
  expect([await read("cluster-2"), await read("other-token")]).toMatchObject([{ claimedBy: "first" }, undefined]);
});

test("fails when a value of any type is not read as it was written", async () => {
  const Item = {
    pk: { S: "types" },
    text: { S: 'a"\n\u00e9' },
    empty: { S: "" },
    number: { N: "-1.5" },
    truth: { BOOL: false },
    nothing: { NULL: true as const },
    bytes: { B: new Uint8Array([0, 255, 10]) },
    texts: { SS: ["a", "b"] },
    numbers: { NS: ["1", "2"] },
    list: { L: [{ S: "a" }, { M: { number: { N: "1" }, bytes: { B: new Uint8Array([1]) } } }, { L: [] }] },
    map: { M: { S: { S: "a type's name" }, map: { M: {} } } },
  };
  await client.send(new PutItemCommand({ TableName, Item }));

  const one = await client.send(new GetItemCommand({ TableName, Key: { pk: Item.pk } }));
  const all = await client.send(new ScanCommand({ TableName }));

  expect(one.Item).toEqual(Item);
  expect(all.Items?.find(({ pk }) => pk?.S === "types")).toEqual(Item);
});
