import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import * as changes from "../../../lib/agent/registry/changes";
import { DynamoRegistry } from "../../../lib/agent/registry/dynamo-registry";

const client = mockClient(DynamoDBClient);
const registry = new DynamoRegistry(new DynamoDBClient({ region: "eu-west-1" }), "apps-registry", () => "write-7");
const META = { $metadata: {}, message: "" };
const refused = new ConditionalCheckFailedException(META);
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({ ...META, CancellationReasons: codes.map((Code) => ({ Code })) });
const holding = (item: Record<string, { S: string } | { N: string }>) =>
  client.on(GetItemCommand).resolves({ Item: item });

afterAll(() => client.restore());
beforeEach(() => client.reset());

describe("a read", () => {
  it("is strongly consistent and comes without DynamoDB's types", async () => {
    // GIVEN
    client.on(GetItemCommand).resolves({
      Item: {
        pk: { S: "cluster" },
        epoch: { N: "3" },
        managers: { L: [{ M: { slot: { N: "0" } } }] },
        ok: { BOOL: true },
      },
    });
    // WHEN
    const record = await registry.cluster();
    // THEN
    expect(record).toEqual({ pk: "cluster", epoch: 3, managers: [{ slot: 0 }], ok: true });
    expect(client.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({
      TableName: "apps-registry",
      Key: { pk: { S: "cluster" } },
      ConsistentRead: true,
    });
  });

  it("of the whole table follows its pages, and never asks for the token", async () => {
    // GIVEN
    client
      .on(ScanCommand)
      .resolvesOnce({ Items: [{ pk: { S: "slot#0" }, slot: { N: "0" } }], LastEvaluatedKey: { pk: { S: "slot#0" } } })
      .resolvesOnce({
        Items: [{ pk: { S: "node#AROA:i-1" }, instanceId: { S: "i-forged" } }, { pk: { S: "token#worker" } }],
      });
    // WHEN
    const table = await registry.table();
    // THEN
    expect(table.slots).toMatchObject([{ slot: 0 }]);
    const calls = client.commandCalls(ScanCommand).map(({ args }) => args[0].input);
    expect(calls[1]?.ExclusiveStartKey).toEqual({ pk: { S: "slot#0" } });
    expect(Object.values(calls[0]?.ExpressionAttributeNames ?? {})).not.toContain("token");
    expect(calls[0]?.ProjectionExpression?.split(", ")).not.toContain("#token");
  });

  it("takes a node's role and instance from its key, which it cannot forge", async () => {
    // GIVEN
    client.on(ScanCommand).resolves({ Items: [{ pk: { S: "node#AROA:i-1" }, instanceId: { S: "i-forged" } }] });
    // WHEN / THEN
    expect((await registry.table()).nodes).toMatchObject([{ roleUniqueId: "AROA", instanceId: "i-1" }]);
  });
});

describe("a change", () => {
  const renewal = changes.renew("nonce-1", "i-0", 4, 2);

  it("of one record is an update on all its conditions, stamped with who may write and with this write", async () => {
    // GIVEN
    client.on(UpdateItemCommand).resolves({});
    // WHEN
    expect(await registry.change(renewal)).toEqual({ made: true });
    // THEN
    const { input } = client.commandCalls(UpdateItemCommand)[0]?.args[0] ?? {};
    expect(input?.UpdateExpression).toBe("SET #renewal = :v0, #schema = :v1, #minWriter = :v2, #writeId = :v3");
    expect(input?.ConditionExpression).toBe(
      "#nonce = :v4 AND (#phase = :v5) AND #owner = :v6 AND #epoch = :v7 AND #renewal = :v8 AND " +
        "(attribute_not_exists(#minWriter) OR #minWriter <= :v9)",
    );
    expect(input?.ExpressionAttributeValues).toMatchObject({
      ":v0": { N: "3" },
      ":v3": { S: "write-7" },
      ":v8": { N: "2" },
    });
  });

  it("of several records, or with checks, is one transaction", async () => {
    // GIVEN
    client.on(TransactWriteItemsCommand).resolves({});
    // WHEN
    await registry.change(changes.claim("nonce-1", "i-0", 0));
    // THEN
    const items = client.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(items).toHaveLength(8);
    expect(items[0]?.Update?.Key).toEqual({ pk: { S: "cluster" } });
    expect(items.slice(1).map((item) => item.ConditionCheck?.ConditionExpression)).toEqual(
      Array.from({ length: 7 }, () => "attribute_not_exists(#nodeId) AND attribute_not_exists(#predecessorNodeId)"),
    );
  });

  it("that was refused was made nevertheless if the record carries its own write id", async () => {
    // GIVEN
    client.on(UpdateItemCommand).rejects(refused);
    holding({ writeId: { S: "write-7" } });
    // WHEN / THEN
    expect(await registry.change(renewal)).toEqual({ made: true });
  });

  it("that was refused was not made if the record is another's", async () => {
    // GIVEN
    client.on(UpdateItemCommand).rejects(refused);
    holding({ writeId: { S: "write-8" } });
    // WHEN / THEN
    expect(await registry.change(renewal)).toEqual({ made: false, refusedBy: ["cluster"] });
  });

  it("that published this very cluster counts as made, whoever wrote last", async () => {
    // GIVEN
    const membership = { clusterId: "c1", generation: 0 };
    const token = { token: "t", clusterId: "c1", version: 10 };
    const founder = { slot: 0, address: "10.0.0.1", nodeId: "n0" };
    const publication = changes.publish({ nonce: "nonce-1", owner: "i-0", epoch: 1 }, membership, founder, token);
    client.on(TransactWriteItemsCommand).rejects(cancelled("ConditionalCheckFailed", "None"));
    holding({ writeId: { S: "write-9" }, clusterId: { S: "c1" }, generation: { N: "0" } });
    // WHEN / THEN
    expect(await registry.change(publication)).toEqual({ made: true });
  });

  it("of several records says which of them refused", async () => {
    // GIVEN
    client.on(TransactWriteItemsCommand).rejects(cancelled("None", "None", "ConditionalCheckFailed"));
    holding({ writeId: { S: "seed" } });
    // WHEN / THEN
    expect(await registry.change(changes.claim("nonce-1", "i-0", 0))).toEqual({ made: false, refusedBy: ["slot#1"] });
  });

  it.each([
    ["the network fails", new Error("socket hang up")],
    ["a transaction is in the way", cancelled("TransactionConflict")],
  ])("is neither made nor refused when %s: it rejects", async (_, error) => {
    // GIVEN
    client.on(UpdateItemCommand).rejects(error);
    client.on(TransactWriteItemsCommand).rejects(error);
    // WHEN / THEN
    await expect(registry.change(changes.claim("nonce-1", "i-0", 0))).rejects.toThrow();
  });
});
