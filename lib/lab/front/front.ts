import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceOfSession } from "../emulator/credentials";
import type { ApiFault } from "./api-fault";
import { Control, isOwnPath } from "./control";
import { answerError, type BodyKind } from "./error-answer";
import { faultError } from "./fault-error";
import { Faults } from "./faults";
import { type FrontRequest, identify, isDynamoDb, isForm, isJson } from "./identify";
import type { Authorizer, RequestOrigin } from "./policies/node-policies";
import { refusalError } from "./refusal";
import { type RequestCount, RequestLog } from "./request-log";

/** Names the instances that the emulator may tell of in its answer; only the front sets it. */
const VISIBLE_INSTANCES = "x-lab-visible-instances";
const SLOW_MILLISECONDS = 5_000;
/** Headers of one connection, which say nothing about the next one, and ours, which nobody else may set. */
const NOT_PASSED_ON = new Set([
  ...["connection", "keep-alive", "proxy-connection", "te", "upgrade", "expect"],
  VISIBLE_INSTANCES,
]);
const UPSTREAM_CONNECTIONS = 32;

export interface FrontOptions {
  /** Loopback port of the emulator. */
  readonly upstreamPort: number;
  /**
   * Decides on each request before it goes on; a denied one is answered as AWS does.
   * @default everything is allowed
   */
  readonly authorizer?: Authorizer;
}

/**
 * The address of AWS in the lab: passes requests to the emulator, those to DynamoDB one at a time, and counts who asks
 * for what. Bodies pass through and are never kept. Faults hit on demand of who operates this machine.
 */
export class Front {
  private readonly log = new RequestLog();
  private readonly faults = new Faults();
  private readonly control = new Control({
    log: this.log,
    faults: this.faults,
    passOn: (incoming, response) => this.stream(incoming, response, undefined, undefined),
  });
  private readonly servers = new Map<string, Server>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: UPSTREAM_CONNECTIONS });
  private dynamoDbTurn: Promise<unknown> = Promise.resolve();

  public constructor(private readonly options: FrontOptions) {}

  /**
   * Listens on one more address, at any time, and answers the port. The lab's own paths are served on loopback addresses.
   * @param port 0 takes a free one
   */
  public async listen(address: string, port: number): Promise<number> {
    const server = createServer((incoming, response) => {
      this.answer(incoming, response).catch(() => fail(response));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, resolve);
    });
    const actual = (server.address() as AddressInfo).port;
    this.servers.set(`${address}:${actual}`, server);
    return actual;
  }

  /** Stops listening on an address, because its bridge goes; unknown ones are nothing to do. */
  public async unlisten(address: string, port: number): Promise<void> {
    const server = this.servers.get(`${address}:${port}`);
    if (server === undefined) return;
    this.servers.delete(`${address}:${port}`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  public async close(): Promise<void> {
    const open = [...this.servers.keys()].map((key) => key.split(":") as [string, string]);
    await Promise.all(open.map(([address, port]) => this.unlisten(address, Number(port))));
    this.agent.destroy();
  }

  /** Requests of a caller (access key id) in the last 60 seconds. */
  public requestsPerMinute(caller: string): number {
    return this.log.requestsPerMinute(caller);
  }

  public counts(): RequestCount[] {
    return this.log.counts();
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isOwnPath(incoming.url)) return this.control.answer(incoming, response);
    // Of a form's body the first piece names the action; DynamoDB's waits here whole, so that nobody's slow sending or
    // reading holds the turn, and so does what is judged. All else streams.
    const origin = originOf(incoming);
    const isJudged = this.options.authorizer?.judges(origin) ?? false;
    const whole = isJudged || isDynamoDb(incoming) ? await buffer(incoming) : undefined;
    const start = whole ?? (isForm(incoming) ? await firstPiece(incoming) : undefined);
    const known = identify(incoming, start);
    this.log.add(known.caller, `${known.service}:${known.action}`);
    const fault = this.faults.hitting(known, origin);
    if (fault !== undefined && (await this.isLost(fault, incoming, response, known))) return;
    if (isJudged && (await this.isRefused(incoming, response, known, origin, whole))) return;
    if (whole === undefined || !isDynamoDb(incoming)) return this.stream(incoming, response, start, fault);
    const turn = this.dynamoDbTurn.then(() => this.exchange(incoming, whole));
    this.dynamoDbTurn = turn.catch(() => undefined);
    const [upstream, body] = await turn;
    if (fault?.mode === "unanswered") return reset(incoming);
    response.writeHead(upstream.statusCode ?? 502, withoutHops(upstream.headers));
    response.end(body);
  }

  /** Passes a request on and its answer back, piece by piece. */
  private async stream(
    incoming: IncomingMessage,
    response: ServerResponse,
    start: Buffer | undefined,
    fault: ApiFault | undefined,
  ): Promise<void> {
    const upstream = await this.send(incoming, start, visibleInstances(incoming, fault));
    if (fault?.mode === "unanswered") {
      await buffer(upstream);
      return reset(incoming);
    }
    response.writeHead(upstream.statusCode ?? 502, withoutHops(upstream.headers));
    return pipeline(upstream, response);
  }

  /** Does what a fault does before the emulator hears of a request; whether that is all that happens to it. */
  private async isLost(
    fault: ApiFault,
    incoming: IncomingMessage,
    response: ServerResponse,
    known: FrontRequest,
  ): Promise<boolean> {
    if (fault.mode === "slow") await sleep(fault.milliseconds ?? SLOW_MILLISECONDS, undefined, { ref: false });
    if (fault.mode === "down") {
      reset(incoming);
      return true;
    }
    const error = faultError(known, fault.mode);
    if (error !== undefined) answerError(response, known, kindOf(incoming), error);
    return error !== undefined;
  }

  /** Asks whether the caller may do this, and answers in place of the emulator if not. */
  private async isRefused(
    incoming: IncomingMessage,
    response: ServerResponse,
    known: FrontRequest,
    origin: RequestOrigin,
    body: Buffer | undefined,
  ): Promise<boolean> {
    const request = {
      ...known,
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      isDynamoDb: isDynamoDb(incoming),
      isForm: isForm(incoming),
      body: body?.toString("utf8") ?? "",
    };
    const refusal = await this.options.authorizer?.refusal(request, origin);
    if (refusal === undefined) return false;
    const kind = kindOf(incoming);
    answerError(response, known, kind, refusalError(known, kind, refusal));
    return true;
  }

  private async exchange(incoming: IncomingMessage, body: Buffer): Promise<[IncomingMessage, Buffer]> {
    const upstream = await this.send(incoming, body, {});
    return [upstream, await buffer(upstream)];
  }

  /** Sends on what was read of the body, then the rest of it. */
  private send(
    incoming: IncomingMessage,
    start: Buffer | undefined,
    extra: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port: this.options.upstreamPort,
          method: incoming.method,
          path: incoming.url,
          headers: { ...withoutHops(incoming.headers), ...extra },
          agent: this.agent,
        },
        resolve,
      );
      outgoing.once("error", reject);
      if (start !== undefined && start.length > 0) outgoing.write(start);
      if (incoming.readableEnded) outgoing.end();
      else pipeline(incoming, outgoing).catch(reject);
    });
  }
}

/** The first bytes of a body, and the rest still to be read; nothing when it is empty. */
function firstPiece(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const readable = (): void => {
      const piece = incoming.read() as Buffer | null;
      if (piece === null) return;
      incoming.off("readable", readable);
      resolve(piece);
    };
    incoming.on("readable", readable);
    incoming.once("end", () => resolve(undefined));
    incoming.once("error", reject);
  });
}

function withoutHops<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name)));
}

function kindOf(incoming: IncomingMessage): BodyKind {
  if (isJson(incoming)) return "json";
  return isForm(incoming) ? "form" : "rest";
}

/** What the emulator is told to leave out of its answer. */
function visibleInstances({ headers }: IncomingMessage, fault: ApiFault | undefined): Readonly<Record<string, string>> {
  if (fault?.mode === "empty") return { [VISIBLE_INSTANCES]: "none" };
  if (fault?.mode !== "partial") return {};
  return { [VISIBLE_INSTANCES]: instanceOfSession(String(headers["x-amz-security-token"])) ?? "none" };
}

/** Ends the connection as a machine does that is not there. */
function reset({ socket }: IncomingMessage): void {
  socket.resetAndDestroy();
}

/** Who asks, and from which side. */
function originOf(incoming: IncomingMessage): RequestOrigin {
  const { remoteAddress = "", localAddress = "" } = incoming.socket;
  return {
    caller: identify(incoming, undefined).caller,
    address: remoteAddress.replace(/^::ffff:/, ""),
    isFromHost: !localAddress.startsWith("127."),
  };
}

/** The emulator is gone, or the caller is: SDKs retry a 503. */
function fail(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(503);
  response.end();
}
