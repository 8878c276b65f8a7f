import { DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { connectRegistry } from "../../lib/operations/connect";
import { DynamoRegistryReader } from "../../lib/operations/registry-reader";

const dynamo = mockClient(DynamoDBClient);
const reader = new DynamoRegistryReader(new DynamoDBClient({ region: "us-east-1" }), "apps-registry");

afterAll(() => dynamo.restore());
beforeEach(() => dynamo.reset());

describe("DynamoRegistryReader", () => {
  test("gives the cluster record as plain values, read consistently", async () => {
    // GIVEN
    dynamo.on(GetItemCommand).resolves({
      Item: {
        pk: { S: "cluster" },
        phase: { S: "ready" },
        epoch: { N: "2" },
        abandoned: { L: [] },
        summary: { M: { members: { L: [{ M: { leader: { BOOL: true }, slot: { N: "0" }, pool: { NULL: true } } }] } } },
      },
    });
    // WHEN
    const record = await reader.getCluster();
    // THEN
    expect(record).toEqual({
      pk: "cluster",
      phase: "ready",
      epoch: 2,
      abandoned: [],
      summary: { members: [{ leader: true, slot: 0, pool: undefined }] },
    });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
      TableName: "apps-registry",
      Key: { pk: { S: "cluster" } },
      ConsistentRead: true,
    });
  });

  test("gives nothing for a record that is not there", async () => {
    dynamo.on(GetItemCommand).resolves({});
    expect(await reader.getSlot(2)).toBeUndefined();
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.Key).toEqual({ pk: { S: "slot#2" } });
  });

  test("never asks for the join token", async () => {
    // GIVEN
    dynamo.on(ScanCommand).resolves({ Items: [] });
    // WHEN
    await reader.scanNodes();
    // THEN
    const input = dynamo.commandCalls(ScanCommand)[0]?.args[0].input;
    const asked = input?.ProjectionExpression?.split(", ").map((name) => input.ExpressionAttributeNames?.[name]);
    expect(asked).not.toContain("token");
    expect(asked).not.toContain(undefined);
    expect(asked).toContain("state");
  });

  test("puts the pages of a large table together, each record with its kind", async () => {
    // GIVEN
    dynamo
      .on(ScanCommand)
      .resolvesOnce({ Items: [{ pk: { S: "node#A:i-1" } }], LastEvaluatedKey: { pk: { S: "node#A:i-1" } } })
      .resolvesOnce({ Items: [{ pk: { S: "slot#0" } }, { pk: { S: "removing#x" }, state: { S: "removed" } }] });
    // WHEN
    const records = await reader.scanNodes();
    // THEN
    expect(records).toEqual({
      nodes: [{ pk: "node#A:i-1", roleUniqueId: "A", instanceId: "i-1" }],
      slots: [{ pk: "slot#0" }],
      tombstones: [{ pk: "removing#x", state: "removed" }],
    });
    expect(dynamo.commandCalls(ScanCommand)[1]?.args[0].input.ExclusiveStartKey).toEqual({ pk: { S: "node#A:i-1" } });
  });
});

describe("connectRegistry", () => {
  test("asks where and as whom it was told to, and twice at most", async () => {
    // GIVEN
    dynamo.on(GetItemCommand).resolves({});
    const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" };
    const endpoint = "http://127.0.0.1:8000";
    // WHEN
    await connectRegistry({ region: "eu-west-1", endpoint, credentials, table: "apps-registry" }).getCluster();
    // THEN
    const asking: DynamoDBClient | undefined = dynamo.commandCalls(GetItemCommand)[0]?.thisValue;
    expect(await asking?.config.region()).toBe("eu-west-1");
    expect(await asking?.config.endpoint?.()).toMatchObject({ hostname: "127.0.0.1", port: 8000 });
    expect(await asking?.config.credentials()).toMatchObject(credentials);
    expect(await asking?.config.maxAttempts()).toBe(2);
  });
});
