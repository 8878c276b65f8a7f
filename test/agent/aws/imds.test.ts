import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InstanceMetadata } from "../../../lib/agent/aws/imds";

let server: Server;
let values: Record<string, string>;
let tokens: number;
let now: number;

beforeEach(async () => {
  tokens = 0;
  now = 0;
  values = { "instance-id": "i-1", "local-ipv4": "10.0.0.2", "placement/availability-zone": "eu-west-1a" };
  server = createServer((request, response) => {
    if (request.method === "PUT" && request.url === "/latest/api/token") {
      response.end(`session-${++tokens}`);
      return;
    }
    const isKnown = request.headers["x-aws-ec2-metadata-token"] === `session-${tokens}`;
    const value = values[(request.url ?? "").replace("/latest/meta-data/", "")];
    response.statusCode = isKnown ? (value === undefined ? 404 : 200) : 401;
    response.end(value);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => server.close());

const metadata = () => new InstanceMetadata(() => now, "127.0.0.1", (server.address() as AddressInfo).port);

describe("the metadata service", () => {
  it("tells who the machine is, by a session", async () => {
    expect(await metadata().identity()).toEqual({
      instanceId: "i-1",
      address: "10.0.0.2",
      availabilityZone: "eu-west-1a",
    });
  });

  it("is asked for a new session before the old one ends", async () => {
    // GIVEN
    const service = metadata();
    await service.terminating();
    const first = tokens;
    // WHEN
    await service.terminating();
    const same = tokens;
    now = 10_800_000;
    await service.terminating();
    // THEN
    expect(same).toBe(first);
    expect(tokens).toBeGreaterThan(first);
  });

  it.each([
    ["nothing", {}, false],
    ["that it goes into service", { "autoscaling/target-lifecycle-state": "InService" }, false],
    ["that it is to be terminated", { "autoscaling/target-lifecycle-state": "Terminated" }, true],
    ["a spot termination", { "spot/instance-action": '{"action":"terminate","time":"2026-01-01T00:00:00Z"}' }, true],
    ["a spot stop", { "spot/instance-action": '{"action":"stop"}' }, false],
    ["gibberish", { "spot/instance-action": "<html>" }, false],
  ])("that says %s means a termination or not", async (_, told, expected) => {
    // GIVEN
    Object.assign(values, told);
    // WHEN / THEN
    expect(await metadata().terminating()).toBe(expected);
  });

  it("that is out of order is an error, not an answer", async () => {
    // GIVEN
    server.close();
    server.closeAllConnections();
    // WHEN / THEN
    await expect(new InstanceMetadata(() => 0, "127.0.0.1", 9).terminating()).rejects.toThrow();
  });
});
