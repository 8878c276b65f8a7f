import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { awsOptions } from "../../../lib/agent/aws/options";

it("fails when a request that is never answered holds the agent up for ever", async () => {
  // GIVEN a server that takes requests and says nothing
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const client = new DynamoDBClient({
    ...awsOptions("eu-west-1"),
    maxAttempts: 1,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
  });
  // WHEN
  const asked = client.send(new GetItemCommand({ TableName: "registry", Key: { pk: { S: "cluster" } } }));
  // THEN
  await expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
});
