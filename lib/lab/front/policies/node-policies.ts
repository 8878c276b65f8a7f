import { INSTANCE_KEY_PREFIX, instanceCredentials } from "../../emulator/credentials";
import type { AccountNames, AccountPolicies, PolicyInstance, PolicyRole } from "./account-policies";
import { PolicyFault } from "./policy-document";
import { type PolicyQuestion, refusalBy } from "./policy-evaluator";
import { type JudgedRequest, questionsOf } from "./policy-request";

/** How old what is known of the account may be: Terraform's changes take effect at once, or after this. */
const FRESH_MILLISECONDS = 1_000;
const LOGGED_KEY_LENGTH = 80;

/** Where a request comes from. */
export interface RequestOrigin {
  /** Access key id that signed it. */
  readonly caller: string;
  /** Address of the caller. */
  readonly address: string;
  /** Whether it came in by the link of the hosts, and not on this machine's loopback. */
  readonly isFromHost: boolean;
}

/** Whether an instance asks, and not who operates this machine. */
export function isOfNode({ caller, isFromHost }: RequestOrigin): boolean {
  return isFromHost || caller.startsWith(INSTANCE_KEY_PREFIX);
}

/** Decides on requests before they go on. */
export interface Authorizer {
  /** Whether {@link refusal} must be asked; only then the body of a request is read whole. */
  judges(origin: RequestOrigin): boolean;
  /** Why a request is refused, in words for its caller; `undefined` when it is allowed. */
  refusal(request: JudgedRequest, origin: RequestOrigin): Promise<string | undefined>;
}

export interface NodePoliciesOptions {
  readonly read: () => Promise<AccountPolicies>;
  /** Takes a line for each refusal: who, what, why. Never a body. */
  readonly log: (line: string) => void;
  /** @default Date.now */
  readonly now?: () => number;
}

interface Refusal {
  /** Who asked, as IAM names it. */
  readonly caller: string;
  readonly question?: PolicyQuestion;
  readonly reason: string;
}

/**
 * IAM for the lab's instances: each may do what the policies of its role allow, as they stand in the emulated account.
 * Hosts can sign with the credentials of their own instance only; who operates this machine is not judged.
 */
export class NodePolicies implements Authorizer {
  private known: { readonly account: AccountPolicies; readonly since: number } | undefined;

  public constructor(private readonly options: NodePoliciesOptions) {}

  public judges(origin: RequestOrigin): boolean {
    return isOfNode(origin);
  }

  public async refusal(request: JudgedRequest, origin: RequestOrigin): Promise<string | undefined> {
    const known = this.fresh();
    // Nothing is refused for what has just changed.
    const refusal =
      known === undefined || judge(request, origin, known, this.now()) !== undefined
        ? judge(request, origin, await this.read(), this.now())
        : undefined;
    if (refusal === undefined) return undefined;
    const { caller, question, reason } = refusal;
    const action = question?.action ?? `${request.service}:${request.action}`;
    const on = question === undefined ? "" : ` on ${question.resource}${keyOf(question)}`;
    this.options.log(oneLine(`refused ${caller}: ${action}${on}: ${reason}`));
    const resource = question === undefined ? "" : ` on resource: ${question.resource}`;
    return `User: ${caller} is not authorized to perform: ${action}${resource} because ${reason}`;
  }

  private fresh(): AccountPolicies | undefined {
    if (this.known === undefined || this.now() - this.known.since > FRESH_MILLISECONDS) return undefined;
    return this.known.account;
  }

  private async read(): Promise<AccountPolicies> {
    const since = this.now();
    const account = await this.options.read();
    this.known = { account, since };
    return account;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}

function judge(
  request: JudgedRequest,
  origin: RequestOrigin,
  account: AccountPolicies,
  now: number,
): Refusal | undefined {
  const { caller: key, address, isFromHost } = origin;
  const instance = account.instances.find(({ id }) => instanceCredentials(id).accessKeyId === key);
  if (instance === undefined)
    return { caller: `key ${key} from ${address}`, reason: "the key is of no instance of this account" };
  if (isFromHost && instance.privateIp !== address)
    return {
      caller: `${instance.id} from ${address}`,
      reason: "the key is of another instance than the one that asks",
    };
  const role = account.roles.find(({ name }) => name === instance.roleName);
  const names = role === undefined ? undefined : namesOf(role);
  if (role === undefined || names === undefined) return { caller: instance.id, reason: "the instance has no role" };
  const caller = `arn:${names.partition}:sts::${names.accountId}:assumed-role/${role.name}/${instance.id}`;
  if (role.refusedUntil !== undefined && now < Date.parse(role.refusedUntil))
    return { caller, reason: "the role is new, and not known everywhere yet" };
  try {
    for (const asked of questionsOf(request, account, names)) {
      const question = { ...asked, context: { ...asked.context, "aws:userid": [userId(role, instance)] } };
      const reason = refusalByRole(role, question);
      if (reason !== undefined) return { caller, question, reason };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    return { caller, reason: `the request cannot be judged: ${error.message}` };
  }
}

/** `${aws:userid}` of a role's session on an instance. */
function userId(role: PolicyRole, instance: PolicyInstance): string {
  return `${role.id}:${instance.id}`;
}

/** A boundary gives nothing, but what it does not allow as well is refused. */
function refusalByRole({ policies, boundary }: PolicyRole, question: PolicyQuestion): string | undefined {
  const refusal = refusalBy(policies, question);
  if (refusal !== undefined || boundary === null) return refusal;
  const bound = refusalBy([boundary], question);
  return bound === undefined ? undefined : `the permissions boundary: ${bound}`;
}

function namesOf({ arn }: PolicyRole): AccountNames | undefined {
  const [, partition, , , accountId] = arn.split(":");
  return partition === undefined || accountId === undefined ? undefined : { partition, accountId };
}

/** Keys of records are no secrets, and a refusal without them says little. */
function keyOf({ context }: PolicyQuestion): string {
  const keys = context["dynamodb:LeadingKeys"];
  return keys === undefined ? "" : ` key ${JSON.stringify(keys.join(" ").slice(0, LOGGED_KEY_LENGTH))}`;
}

/** What callers chose to write must not look like a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[^ -~…]/g, "?");
}
