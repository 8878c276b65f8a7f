import { OperationError } from "../../errors";
import type { ApiFault } from "./api-fault";

export type { ApiFault } from "./api-fault";
export { FAULT_MODES, FAULT_SERVICES } from "./api-fault";

/**
 * Faults of the emulated AWS on demand. `endpoint` is the lab's address of AWS on this machine, as `lab status` tells
 * it; hosts cannot reach what is asked here.
 *
 * An instance is stopped, started or terminated as on AWS, by EC2's own StopInstances, StartInstances and
 * TerminateInstances at the same endpoint, whatever key signs them; its host follows.
 */
export interface AwsControl {
  readonly endpoint: string;
}

/** Sets one more fault of the API. It hits requests of hosts, and of everyone if it says so, until all are cleared. */
export async function setApiFault({ endpoint }: AwsControl, fault: ApiFault): Promise<void> {
  await request(endpoint, "POST", "/lab/faults", fault);
}

/** The faults of the API that are on, in the order in which they were set. */
export async function listApiFaults({ endpoint }: AwsControl): Promise<readonly ApiFault[]> {
  return (await request(endpoint, "GET", "/lab/faults")) as readonly ApiFault[];
}

/** Ends all faults of the API. */
export async function clearApiFaults({ endpoint }: AwsControl): Promise<void> {
  await request(endpoint, "DELETE", "/lab/faults");
}

/** Lets EC2 say from now on that the status checks of an instance fail, or that they are fine again. */
export async function setStatusChecks(
  { endpoint }: AwsControl,
  instanceId: string,
  statusChecks: "ok" | "impaired",
): Promise<void> {
  await request(endpoint, "POST", `/lab/instances/${instanceId}`, { statusChecks });
}

/**
 * Announces to an instance, as EC2 does to spot instances, that it will be terminated in two minutes; then it is.
 * Its metadata shows the notice, and its Auto Scaling group notices the end. The first notice stands.
 */
export async function sendSpotNotice({ endpoint }: AwsControl, instanceId: string, seconds = 120): Promise<void> {
  await request(endpoint, "POST", `/lab/instances/${instanceId}`, { spotNotice: true, seconds });
}

async function request(endpoint: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${endpoint}${path}`, {
    method,
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { readonly message?: string };
  if (response.ok) return answer;
  throw new OperationError("EmulatorRefused", answer.message ?? `the lab answered ${response.status} to ${path}`);
}
