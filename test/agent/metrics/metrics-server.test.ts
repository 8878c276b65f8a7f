import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serveMetrics } from "../../../lib/agent/metrics/metrics-server";

let server: Server;
let port: number;

beforeEach(async () => {
  server = await serveMetrics(0, () => "a 1\n");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("fails when a scraper on the node gets no metrics", async () => {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toBe("a 1\n");
});

it.each([
  ["GET", "/", 404],
  ["POST", "/metrics", 405],
])("fails when %s %s is answered", async (method, path, status) => {
  expect((await fetch(`http://127.0.0.1:${port}${path}`, { method })).status).toBe(status);
});

it("fails when anything but the loopback is listened on", async () => {
  expect(server.address()).toMatchObject({ address: "127.0.0.1", family: "IPv4" });
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  for (const { address } of others) {
    await expect(fetch(`http://${address}:${port}/metrics`)).rejects.toThrow();
  }
});

it("fails when a port that is taken is not told of", async () => {
  await expect(serveMetrics(port, () => "")).rejects.toThrow("EADDRINUSE");
});
