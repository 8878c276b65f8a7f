import type { FrontRequest } from "../identify";
import type { AccountNames, AccountPolicies } from "./account-policies";
import { dynamoDbQuestions } from "./dynamodb-questions";
import { PolicyFault } from "./policy-document";
import type { PolicyQuestion } from "./policy-evaluator";

/** A request that is judged, read whole. */
export interface JudgedRequest extends FrontRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  /** Whether the body is one of DynamoDB's. */
  readonly isDynamoDb: boolean;
  readonly isForm: boolean;
  readonly body: string;
}

/** What everyone may ask whose credentials are valid. */
const FREE_ACTIONS = new Set(["sts:GetCallerIdentity"]);

/** The actions behind paths of EFS, whose protocol names none. */
const FILE_SYSTEM_ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^GET \/2015-02-01\/file-systems\/?$/, "DescribeFileSystems"],
  [/^GET \/2015-02-01\/mount-targets\/?$/, "DescribeMountTargets"],
  [/^GET \/2015-02-01\/mount-targets\/[^/]+\/security-groups\/?$/, "DescribeMountTargetSecurityGroups"],
  [/^GET \/2015-02-01\/access-points\/?$/, "DescribeAccessPoints"],
  [/^GET \/2015-02-01\/tags\/[^/]+\/?$/, "DescribeTags"],
];

/**
 * What a request asks of IAM: an action on a resource, several for a transaction, none where nobody is asked. Throws a
 * {@link PolicyFault} when that cannot be told.
 */
export function questionsOf(
  request: JudgedRequest,
  account: AccountPolicies,
  names: AccountNames,
): readonly PolicyQuestion[] {
  const { service } = request;
  if (request.isDynamoDb !== (service === "dynamodb")) throw new PolicyFault("it is signed for another service");
  if (request.isDynamoDb) return dynamoDbQuestions(request, account, names);
  const form = request.isForm ? formOf(request) : undefined;
  const action = `${service}:${form?.get("Action") ?? restAction(request)}`;
  if (FREE_ACTIONS.has(action)) return [];
  return [{ action, resource: resourceOf(action, request, form, account, names), context: {} }];
}

/** A form that names its action twice, or also in its path, could mean one here and another there. */
function formOf({ url, body }: JudgedRequest): URLSearchParams {
  const form = new URLSearchParams(body);
  if (url !== "/" || form.getAll("Action").length !== 1) throw new PolicyFault("it does not name one action");
  return form;
}

function restAction({ service, action }: JudgedRequest): string {
  if (service !== "elasticfilesystem") return action;
  return FILE_SYSTEM_ACTIONS.find(([path]) => path.test(action))?.[1] ?? action;
}

/** The resource that permissions on an action can name; `*` where there is none, or the lab does not know it. */
function resourceOf(
  action: string,
  request: JudgedRequest,
  form: URLSearchParams | undefined,
  account: AccountPolicies,
  names: AccountNames,
): string {
  if (action.startsWith("secretsmanager:")) return secretArn(request, account, names);
  if (form !== undefined && action.startsWith("autoscaling:") && !action.startsWith("autoscaling:Describe"))
    return groupArn(request, form, account, names);
  return "*";
}

function groupArn(
  { region }: JudgedRequest,
  form: URLSearchParams,
  { groups, instances }: AccountPolicies,
  { partition, accountId }: AccountNames,
): string {
  const name = form.get("AutoScalingGroupName");
  if (name === null) return instances.find(({ id }) => id === form.get("InstanceId"))?.groupArn ?? "*";
  const prefix = `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:`;
  const known = groups.find((group) => group.name === name && group.arn.startsWith(prefix));
  return known?.arn ?? `${prefix}unknown:autoScalingGroupName/${name}`;
}

/** A secret may be named by its name, its ARN, or its ARN without the random end; policies know it by its whole ARN. */
function secretArn(
  { region, body }: JudgedRequest,
  { secrets }: AccountPolicies,
  { partition, accountId }: AccountNames,
): string {
  const prefix = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:`;
  const id = secretIdOf(body);
  const known = secrets.find(
    ({ name, arn }) => arn.startsWith(prefix) && [name, arn, `${prefix}${name}`].some((each) => each === id),
  );
  return known?.arn ?? "*";
}

function secretIdOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly SecretId?: unknown } | null)?.SecretId;
  } catch {
    throw new PolicyFault("its body is not JSON");
  }
}
