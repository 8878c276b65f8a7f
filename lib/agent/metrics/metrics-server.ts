import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The node itself, and nobody else: containers and other hosts have other loopbacks. */
const LOOPBACK = "127.0.0.1";

/** Serves metrics at `/metrics` to processes of this host; resolves once it listens. */
export function serveMetrics(port: number, text: () => string): Promise<Server> {
  const server = createServer((request, response) => answer(request, response, text));
  // A scraper that stalls must not keep others out, nor the agent alive.
  server.requestTimeout = 5_000;
  server.maxConnections = 16;
  server.unref();
  return new Promise((resolve, reject) => {
    // It stays: an error later on is not the agent's end.
    server.on("error", reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

function answer({ method, url }: IncomingMessage, response: ServerResponse, text: () => string): void {
  const isKnown = url?.split("?")[0] === "/metrics";
  if (!isKnown || (method !== "GET" && method !== "HEAD")) {
    response.writeHead(isKnown ? 405 : 404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  response.end(method === "HEAD" ? undefined : text());
}
