import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type MetadataContext, metadataAt } from "./metadata";

const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER = "x-aws-ec2-metadata-token";
const LONGEST_TTL_SECONDS = 21_600;

/** Who asks: the instance with this address, and its surroundings. */
export type FindInstance = (address: string) => MetadataContext | undefined;

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The instance metadata service, version 2, and version 1 for instances whose launch template allows it. One process
 * serves all hosts and tells them apart by their address, which the bridge does not let them choose.
 */
export class MetadataService {
  private readonly tokens = new Map<string, { readonly address: string; readonly expires: number }>();

  public constructor(
    private readonly find: FindInstance,
    private readonly now: () => number = Date.now,
  ) {}

  /** An HTTP server that is not listening yet. */
  public server(): Server {
    return createServer((request, response) => this.serve(request, response));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    const { status, body = "", headers } = this.answer(request, address);
    response.writeHead(status, {
      "content-type": "text/plain",
      "content-length": Buffer.byteLength(body),
      server: "EC2ws",
      ...headers,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  private answer({ method, url = "", headers }: IncomingMessage, address: string): Answer {
    const context = this.find(address);
    if (context === undefined) return { status: 404 };
    if (url === "/latest/api/token") return this.giveToken(method, headers, address);
    if (method !== "GET" && method !== "HEAD") return { status: 405 };
    const token = headers[TOKEN_HEADER];
    if (token === undefined && context.instance.httpTokens !== "optional") return { status: 401 };
    if (token !== undefined && !this.isValid(String(token), address)) return { status: 401 };
    const path = /^\/(?:latest|\d{4}-\d\d-\d\d)(?:\/(.*))?$/.exec(url.split("?")[0] ?? "");
    const body = path === null ? undefined : metadataAt(path[1] ?? "", context);
    return body === undefined ? { status: 404 } : { status: 200, body };
  }

  private giveToken(method: string | undefined, headers: IncomingMessage["headers"], address: string): Answer {
    if (method !== "PUT") return { status: 405 };
    // A request that came through a proxy must not get one: that is half of what tokens are for.
    if (headers["x-forwarded-for"] !== undefined) return { status: 403 };
    const ttl = String(headers[TTL_HEADER] ?? "");
    if (!/^\d+$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > LONGEST_TTL_SECONDS) return { status: 400 };
    const now = this.now();
    for (const [old, { expires }] of this.tokens) if (expires <= now) this.tokens.delete(old);
    const token = randomBytes(40).toString("base64url");
    this.tokens.set(token, { address, expires: now + Number(ttl) * 1000 });
    return { status: 200, body: token, headers: { [TTL_HEADER]: ttl } };
  }

  private isValid(token: string, address: string): boolean {
    const known = this.tokens.get(token);
    return known !== undefined && known.address === address && known.expires > this.now();
  }
}
