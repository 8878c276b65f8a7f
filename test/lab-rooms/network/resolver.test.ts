import { Resolver as DnsClient } from "node:dns/promises";
import { expect, test } from "vitest";
import { answerQuery, Resolver, resolveHostName } from "../../../lib/lab/network/resolver";

const living = new Set(["10.20.1.10"]);

test.each([
  ["ip-10-20-1-10", "10.20.1.10"],
  ["ip-10-20-1-10.ec2.internal", "10.20.1.10"],
  ["ip-10-20-1-10.eu-west-1.compute.internal", "10.20.1.10"],
  ["ip-10-20-1-11", undefined],
  ["ip-10-20-1-10.example.com", undefined],
  ["dynamodb.us-east-1.amazonaws.com", undefined],
])("%s is %s", (name, address) => {
  expect(resolveHostName(name, living)).toBe(address);
});

test("a stub resolver gets addresses, and learns at once of names that do not exist", async () => {
  // GIVEN
  const server = new Resolver((name) => resolveHostName(name, living));
  const port = 20_000 + (process.pid % 20_000);
  await server.listen("127.0.0.1", port);
  const client = new DnsClient({ timeout: 1_000, tries: 1 });
  client.setServers([`127.0.0.1:${port}`]);

  // WHEN
  const found = await client.resolve4("ip-10-20-1-10.ec2.internal");
  const missing = await client.resolve4("example.com").catch((error) => error.code);
  const otherType = await client.resolve6("ip-10-20-1-10").catch((error) => error.code);
  server.close();

  // THEN
  expect(found).toEqual(["10.20.1.10"]);
  expect(missing).toBe("ENOTFOUND");
  expect(otherType).toBe("ENODATA");
});

const header = (...rest: number[]) => Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, ...rest]);

test.each([
  ["a label that runs beyond the packet", header(40, 0x61)],
  ["no end of the name", header(1, 0x61)],
  ["a compressed name", header(0xc0, 0x0c, 0, 1, 0, 1)],
  ["a label longer than there are", header(64, ...Array<number>(64).fill(0x61), 0, 0, 1, 0, 1)],
  ["no type", header(1, 0x61, 0, 0)],
])("a broken query is a format error, not a crash: %s", (_name, query) => {
  const answer = answerQuery(query, () => "10.20.1.10");

  expect(answer?.readUInt16BE(0)).toBe(0x1234);
  expect((answer?.readUInt16BE(2) ?? 0) & 0xf).toBe(1);
});

test("names are the same in capitals", () => {
  const asked: string[] = [];

  answerQuery(header(2, 0x41, 0x62, 0, 0, 1, 0, 1), (name) => {
    asked.push(name);
    return undefined;
  });

  expect(asked).toEqual(["ab"]);
});

test("what is no query gets no answer, lest two resolvers answer each other for ever", () => {
  expect(answerQuery(Buffer.alloc(4), () => undefined)).toBeUndefined();
  expect(answerQuery(Buffer.from([0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0]), () => undefined)).toBeUndefined();
});
