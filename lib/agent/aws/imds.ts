import { request } from "node:http";
import type { Identity, Metadata } from "../ports";

/** Where every instance finds its metadata service. */
export const METADATA_HOST = "169.254.169.254";

const TIMEOUT = 2_000;
/** Lifetime of a session token; a new one is fetched well before it ends. */
const TOKEN_SECONDS = 21_600;
const TOKEN_RENEWAL = (TOKEN_SECONDS / 2) * 1_000;

/** What the metadata service answered instead of a value. */
export class MetadataError extends Error {
  public constructor(
    public readonly statusCode: number,
    path: string,
  ) {
    super(`the metadata service answered ${statusCode} to ${path}`);
    this.name = "MetadataError";
  }
}

/** {@link Metadata} by IMDSv2, which asks for a session token first. */
export class InstanceMetadata implements Metadata {
  private token: { readonly value: Promise<string>; readonly at: number } | undefined;

  public constructor(
    private readonly now: () => number,
    private readonly host: string = METADATA_HOST,
    private readonly port: number = 80,
  ) {}

  public async identity(): Promise<Identity> {
    const [instanceId, address, availabilityZone] = await Promise.all([
      this.read("instance-id"),
      this.read("local-ipv4"),
      this.read("placement/availability-zone"),
    ]);
    return { instanceId, address, availabilityZone };
  }

  public async terminating(): Promise<boolean> {
    const [lifecycle, spot] = await Promise.all([
      this.readIfThere("autoscaling/target-lifecycle-state"),
      this.readIfThere("spot/instance-action"),
    ]);
    return lifecycle === "Terminated" || (spot !== undefined && isTermination(spot));
  }

  private async readIfThere(path: string): Promise<string | undefined> {
    try {
      return await this.read(path);
    } catch (error) {
      if (error instanceof MetadataError && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  private async read(path: string): Promise<string> {
    const headers = { "X-aws-ec2-metadata-token": await this.session() };
    try {
      return await this.exchange("GET", `/latest/meta-data/${path}`, headers);
    } catch (error) {
      if (error instanceof MetadataError && error.statusCode === 401) this.token = undefined;
      throw error;
    }
  }

  /** One session at a time, also for questions asked at once. */
  private session(): Promise<string> {
    if (this.token !== undefined && this.now() - this.token.at < TOKEN_RENEWAL) return this.token.value;
    const headers = { "X-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS) };
    const value = this.exchange("PUT", "/latest/api/token", headers);
    this.token = { value, at: this.now() };
    value.catch(() => {
      this.token = undefined;
    });
    return value;
  }

  private exchange(method: "GET" | "PUT", path: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const { host, port } = this;
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(TIMEOUT);
      const call = request(
        { host, port, method, path, headers: { ...headers, Connection: "close" }, signal },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const { statusCode = 0 } = response;
            if (statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8").trim());
            else reject(new MetadataError(statusCode, path));
          });
        },
      );
      call.on("error", reject);
      call.end();
    });
  }
}

/** A spot notice can also announce a stop or hibernation, after which the instance comes back. */
function isTermination(notice: string): boolean {
  try {
    return (JSON.parse(notice) as { readonly action?: unknown }).action === "terminate";
  } catch {
    return false;
  }
}
