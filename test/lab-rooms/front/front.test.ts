import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Front, type FrontOptions } from "../../../lib/lab/front/front";
import { delay } from "../emulator/account";

const EC2 = "application/x-www-form-urlencoded";
let upstream: Server;
let upstreamPort: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let front: Front;
let url: string;

beforeEach(async () => {
  answer = async (request, response) => {
    response.setHeader("x-seen", `${request.method} ${request.url}`);
    response.end(await buffer(request));
  };
  upstream = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  upstreamPort = (upstream.address() as AddressInfo).port;
  await startFront();
});

afterEach(async () => {
  await front.close();
  upstream.closeAllConnections();
  upstream.close();
});

async function startFront(options: Partial<FrontOptions> = {}): Promise<void> {
  await front?.close();
  front = new Front({ upstreamPort, ...options });
  url = `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}`;
}

function authorization(key: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

function form(body: string, key = "AKIAONE"): Promise<Response> {
  return fetch(`${url}/`, {
    method: "POST",
    headers: { authorization: authorization(key, "ec2"), "content-type": EC2 },
    body,
  });
}

function dynamoDb(action: string, body = "{}"): Promise<Response> {
  const headers = {
    authorization: authorization("AKIAONE", "dynamodb"),
    "x-amz-target": `DynamoDB_20120810.${action}`,
  };
  return fetch(`${url}/`, { method: "POST", headers, body });
}

test("a request arrives as it was sent and so does its answer", async () => {
  // GIVEN
  const body = "x".repeat(3_000_000);

  // WHEN
  const response = await fetch(`${url}/bucket/key?part=1`, { method: "PUT", body });

  // THEN
  expect(response.headers.get("x-seen")).toBe("PUT /bucket/key?part=1");
  expect(await response.text()).toBe(body);
});

test("a form whose beginning was read for its action arrives whole", async () => {
  // GIVEN
  const body = `Action=RunInstances&UserData=${"y".repeat(300_000)}`;

  // WHEN
  const response = await form(body);

  // THEN
  expect(await response.text()).toBe(body);
});

test("a request without a body goes through", async () => {
  // GIVEN / WHEN
  const response = await fetch(`${url}/2015-02-01/file-systems`);

  // THEN
  expect(response.headers.get("x-seen")).toBe("GET /2015-02-01/file-systems");
});

test("operations on DynamoDB reach the emulator one at a time", async () => {
  // GIVEN
  let running = 0;
  let most = 0;
  answer = async (request, response) => {
    running += 1;
    most = Math.max(most, running);
    await buffer(request);
    await delay(10);
    running -= 1;
    response.end("{}");
  };

  // WHEN
  const actions = ["UpdateItem", "TransactWriteItems", "TransactGetItems", "BatchWriteItem", "GetItem", "UpdateItem"];
  await Promise.all(actions.map((action) => dynamoDb(action)));

  // THEN
  expect(most).toBe(1);
});

test("a DynamoDB operation that fails does not hold up the next one", async () => {
  // GIVEN
  answer = (request) => request.socket.destroy();
  const failed = await dynamoDb("UpdateItem");

  // WHEN
  answer = (_, response) => response.end("{}");
  const next = await dynamoDb("GetItem");

  // THEN
  expect([failed.status, next.status]).toEqual([503, 200]);
});

test("requests of other services run side by side", async () => {
  // GIVEN
  let running = 0;
  let most = 0;
  answer = async (_, response) => {
    running += 1;
    most = Math.max(most, running);
    await delay(100);
    running -= 1;
    response.end();
  };

  // WHEN
  await Promise.all([form("Action=DescribeVpcs"), form("Action=DescribeVpcs"), form("Action=DescribeVpcs")]);

  // THEN
  expect(most).toBe(3);
});

test("requests are counted by caller and action", async () => {
  // GIVEN
  await form("Action=DescribeInstances&Version=2016-11-15");
  await form("Action=DescribeInstances&Version=2016-11-15");
  await dynamoDb("GetItem");
  await form("Version=2016-11-15&Action=DescribeVpcs", "AKIATWO");

  // WHEN
  const counts = front.counts().map(({ caller, action, count }) => `${caller} ${action} ${count}`);

  // THEN
  expect(counts).toEqual([
    "AKIAONE ec2:DescribeInstances 2",
    "AKIAONE dynamodb:GetItem 1",
    "AKIATWO ec2:DescribeVpcs 1",
  ]);
  expect(front.requestsPerMinute("AKIAONE")).toBe(3);
});

test("the counters are served on a loopback address, and the emulator's own paths never", async () => {
  // GIVEN
  await form("Action=DescribeVpcs");

  // WHEN
  const counters = await fetch(`${url}/lab/requests`);
  const own = await Promise.all(["/lab/state", "/moto-api/reset"].map((path) => fetch(url + path)));

  // THEN
  expect(await counters.json()).toMatchObject([
    { caller: "AKIAONE", action: "ec2:DescribeVpcs", count: 1, lastMinute: 1 },
  ]);
  expect(own.map((response) => response.status)).toEqual([404, 404]);
});

test("one more address can be added and taken away while it runs", async () => {
  // GIVEN
  const port = await front.listen("127.0.0.1", 0);
  const reached = (await fetch(`http://127.0.0.1:${port}/`)).status;

  // WHEN
  await front.unlisten("127.0.0.1", port);

  // THEN
  expect(reached).toBe(200);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  expect((await fetch(`${url}/`)).status).toBe(200);
});

test("a denied request never reaches the emulator", async () => {
  // GIVEN
  let reached = 0;
  answer = (_, response) => {
    reached += 1;
    response.end();
  };
  await startFront({ authorizer: { judges: () => true, refusal: async () => "User: x <is> not allowed" } });

  // WHEN
  const scan = await dynamoDb("Scan");
  const launch = await form("Action=RunInstances");

  // THEN
  expect([scan.status, ((await scan.json()) as { __type: string }).__type]).toEqual([
    400,
    "com.amazon.coral.service#AccessDeniedException",
  ]);
  expect([launch.status, await launch.text()]).toEqual([
    403,
    expect.stringMatching(/<Response><Errors><Error><Code>UnauthorizedOperation<.*&#60;is&#62;/),
  ]);
  expect(reached).toBe(0);
});

test("fails when a judged request without a body gets one", async () => {
  // GIVEN
  answer = (request, response) => response.end(JSON.stringify(request.headers));
  await startFront({ authorizer: { judges: () => true, refusal: async () => undefined } });

  // WHEN
  const response = await fetch(`${url}/2015-02-01/file-systems`);

  // THEN
  expect(await response.json()).not.toHaveProperty("transfer-encoding");
});

test("an emulator that is gone is a service that is unavailable", async () => {
  // GIVEN
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));

  // WHEN
  const response = await form("Action=DescribeVpcs");

  // THEN
  expect(response.status).toBe(503);
});
