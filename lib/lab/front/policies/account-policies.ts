import type { NamedPolicy } from "./policy-evaluator";

/** What `GET /lab/policies` of the emulator answers: who the instances are, and what their roles may do. */
export interface AccountPolicies {
  readonly instances: readonly PolicyInstance[];
  readonly roles: readonly PolicyRole[];
  /** Auto Scaling groups. */
  readonly groups: readonly { readonly name: string; readonly arn: string }[];
  /** DynamoDB tables, with the attribute that is the first part of their key. */
  readonly tables: readonly { readonly arn: string; readonly hashKey: string }[];
  /** Secrets of Secrets Manager; their ARNs end in six random characters. */
  readonly secrets: readonly { readonly name: string; readonly arn: string }[];
}

export interface PolicyInstance {
  readonly id: string;
  readonly privateIp: string | null;
  readonly roleName: string | null;
  /** ARN of its Auto Scaling group. */
  readonly groupArn: string | null;
}

export interface PolicyRole {
  readonly name: string;
  /** Unique id, `AROA…`. */
  readonly id: string;
  readonly arn: string;
  /** ISO 8601. A role that was just made is not known everywhere yet: until then its instances are refused. */
  readonly refusedUntil?: string;
  /** Inline policies and attached ones. */
  readonly policies: readonly NamedPolicy[];
  /** Permissions boundary. */
  readonly boundary: NamedPolicy | null;
}

/** Where ARNs are made: partition and number of the account. */
export interface AccountNames {
  readonly partition: string;
  readonly accountId: string;
}

/** Asks the emulator; fails while it does not answer. */
export async function readPolicies(endpoint: string): Promise<AccountPolicies> {
  const response = await fetch(`${endpoint}/lab/policies`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`the AWS emulator answered ${response.status} to /lab/policies`);
  return (await response.json()) as AccountPolicies;
}
