import { OperationError } from "../errors";

/** Answers of AWS that asking again does not mend: the caller is not who, or may not do what, it takes. */
const NOT_ALLOWED = new Set([
  "AccessDeniedException",
  "AuthFailure",
  "CredentialsProviderError",
  "ExpiredTokenException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
]);

const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** The time there was for an answer ran out: the SDK's words for it are of no use. */
const ABORTED = new Set(["AbortError"]);

/** Whether reading failed for good, so that waiting would only lose time. */
export function isNotAllowed(error: unknown): boolean {
  return NOT_ALLOWED.has(nameOf(error));
}

/** Why the registry could not be read, in a few words for the operator. */
export function describeProblem(error: unknown): string {
  const name = nameOf(error);
  if (name === "ResourceNotFoundException") return "the registry table is not there (yet)";
  if (THROTTLED.has(name)) return "the registry is throttled by AWS, asking again";
  if (ABORTED.has(name)) return "the registry does not answer";
  return `the registry does not answer: ${messageOf(error)}`;
}

/** Why EC2 could not be asked, in a few words for the operator. */
export function instanceProblem(error: unknown): string {
  return `EC2 was not heard on the managers' instances: ${messageOf(error)}`;
}

/** Why Auto Scaling could not be asked, in a few words for the operator. */
export function sizesProblem(error: unknown): string {
  return `Auto Scaling was not heard on how many nodes there must be: ${messageOf(error)}`;
}

/** An error of reading or writing the registry of a cluster, as what an operator is told. */
export function registryError(error: unknown, cluster: string, access: "read" | "write" = "read"): OperationError {
  if (error instanceof OperationError) return error;
  if (nameOf(error) === "CredentialsProviderError") return noCredentials(error);
  if (isNotAllowed(error)) {
    const hint = `use credentials that may ${access} its registry table (AWS_PROFILE, or AWS_ACCESS_KEY_ID and so on)`;
    const message = `AWS refuses to ${access === "read" ? "show" : "change"} cluster ${cluster}: ${messageOf(error)}; ${hint}`;
    return new OperationError("NotAllowed", message, { cause: error });
  }
  if (nameOf(error) === "ResourceNotFoundException") {
    const message = `cluster ${cluster} is not deployed: its registry table is not in this account and region`;
    return new OperationError("NotDeployed", message, { cause: error });
  }
  const unsure = access === "read" ? "" : "; whether it was written is not known: ask again, which asks for it once";
  const message = `${describeProblem(error)} (cluster ${cluster})${unsure}`;
  return new OperationError("RegistryUnreadable", message, { cause: error });
}

/** An error of asking EC2 where its word is needed, as what an operator is told. */
export function instancesError(error: unknown, cluster: string): OperationError {
  if (nameOf(error) === "CredentialsProviderError") return noCredentials(error);
  const refused = isNotAllowed(error);
  const hint = refused ? "use credentials that may call ec2:DescribeInstances" : "try again";
  const message = `without EC2's word on the managers' instances nothing is proven (cluster ${cluster}): ${messageOf(error)}; ${hint}`;
  return new OperationError(refused ? "NotAllowed" : "InstancesUnknown", message, { cause: error });
}

/** Nobody was asked anything: there is nothing to ask with. */
function noCredentials(error: unknown): OperationError {
  const message =
    `no AWS credentials were found, so that AWS was not asked (${messageOf(error)}): set AWS_PROFILE, after ` +
    "`aws sso login` where it needs one, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  return new OperationError("NoCredentials", message, { cause: error });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

/** Node's network errors may have a code and no message, when several addresses were tried. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
