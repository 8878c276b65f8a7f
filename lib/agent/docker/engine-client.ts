import { type IncomingMessage, request } from "node:http";

/** Newest version of the Docker API this client is written for, and the oldest it can do with. */
const NEWEST_API = "1.47";
const OLDEST_API = "1.41";

/** What dockerd answered when it did not do what was asked. */
export class DockerError extends Error {
  public constructor(
    public readonly statusCode: number,
    message: string,
  ) {
    super(message);
    this.name = "DockerError";
  }
}

/** One request to dockerd; tokens travel in the body, never in the path. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Milliseconds after which the request is given up. */
  readonly timeout: number;
}

/** Speaks HTTP over dockerd's socket, in the newest version of the API that both sides know. */
export class EngineClient {
  private version: string | undefined;

  public constructor(private readonly socketPath: string) {}

  /** Sends a request; undefined when the answer is empty. */
  public async send(what: EngineRequest): Promise<unknown> {
    const version = this.version ?? (await this.negotiate());
    const { statusCode, body } = await this.exchange({ ...what, path: `/v${version}${what.path}` });
    if (statusCode < 300) return body === "" ? undefined : JSON.parse(body);
    // A daemon that was exchanged under us may know other versions.
    this.version = undefined;
    throw new DockerError(statusCode, faultOf(body) ?? `dockerd answered ${statusCode} to ${what.method} ${what.path}`);
  }

  private async negotiate(): Promise<string> {
    const { statusCode, apiVersion } = await this.exchange({ method: "GET", path: "/_ping", timeout: 5_000 });
    if (statusCode !== 200 || apiVersion === undefined) {
      throw new DockerError(statusCode, `dockerd does not say which API it speaks (answer ${statusCode})`);
    }
    if (isOlder(apiVersion, OLDEST_API)) {
      throw new DockerError(statusCode, `dockerd speaks API ${apiVersion}; at least ${OLDEST_API} is needed`);
    }
    this.version = isOlder(apiVersion, NEWEST_API) ? apiVersion : NEWEST_API;
    return this.version;
  }

  private exchange({ method, path, query, body, timeout }: EngineRequest): Promise<Answer> {
    const search = query === undefined ? "" : `?${new URLSearchParams(textValues(query))}`;
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers: Record<string, string | number> = { Host: "docker", Connection: "close" };
    if (content !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["Content-Length"] = content.length;
    }
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeout);
      const fail = (error: Error) =>
        reject(signal.aborted ? new Error(`dockerd did not answer ${path} within ${timeout / 1_000} s`) : error);
      const call = request(
        { socketPath: this.socketPath, method, path: `${path}${search}`, headers, signal },
        (response) => {
          collect(response).then(resolve, fail);
        },
      );
      call.on("error", fail);
      call.end(content);
    });
  }
}

interface Answer {
  readonly statusCode: number;
  readonly apiVersion?: string;
  readonly body: string;
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const apiVersion = response.headers["api-version"];
  return {
    statusCode: response.statusCode ?? 0,
    apiVersion: typeof apiVersion === "string" ? apiVersion : undefined,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** dockerd explains itself in `{"message": …}`. */
function faultOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = than.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function textValues(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
