import { OperationError } from "../../errors";

/** What AWS would refuse, with AWS's own code and words. */
export class EmulatorRefusal extends OperationError {
  public constructor(
    /** Undefined if the emulator gave none. */
    public readonly awsCode: string | undefined,
    message: string,
  ) {
    super("EmulatorRefused", message);
    this.name = "EmulatorRefusal";
  }
}

/** The services that the lab itself asks, with the version of their API that its requests are written in. */
const VERSIONS = { ec2: "2016-11-15", autoscaling: "2011-01-01" } as const;

/** A request to a service of the query protocol. */
export interface EmulatorRequest {
  readonly service: keyof typeof VERSIONS;
  readonly region: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Asks the emulator itself, past the front: neither its policies nor the faults in it are meant for the lab.
 * @throws EmulatorRefusal
 */
export async function askEmulator(endpoint: string, request: EmulatorRequest): Promise<void> {
  const { service, region, action, parameters } = request;
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const response = await fetch(endpoint, {
    method: "POST",
    // The emulator reads service and region from the scope, and checks no signature.
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=lab/${day}/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Action: action, Version: VERSIONS[service], ...parameters }),
  });
  if (response.ok) return;
  const answer = await response.text();
  const message = elementOf(answer, "Message") ?? `HTTP ${response.status}`;
  throw new EmulatorRefusal(elementOf(answer, "Code"), `${action}: ${message}`);
}

/** Errors of the query protocol nest differently, and name code and message alike. */
function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(xml)?.[1];
}
