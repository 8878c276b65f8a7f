import { instanceCredentials } from "../../../../lib/lab/emulator/credentials";
import type { AccountPolicies } from "../../../../lib/lab/front/policies/account-policies";
import type { JudgedRequest } from "../../../../lib/lab/front/policies/policy-request";
import {
  managerStatements,
  type NodePolicyProps,
  type PolicyStatement,
  poolStatements,
  workerStatements,
} from "../../../../lib/security";
import { renderPolicy } from "../../../../lib/security/policy-statement";

export const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/apps-registry";
export const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:apps-unlock-key-a1B2c3";
export const WORKER = "i-worker";
export const MANAGER = "i-manager";
export const WORKER_ROLE_ID = "AROAWORKER";

const PROPS: NodePolicyProps = {
  partition: "aws",
  region: "us-east-1",
  accountId: "123456789012",
  tableArn: TABLE,
  slotGroupNames: ["apps-manager-0"],
};

/** A policy as IAM has it after Terraform, whose escape for `${` is gone. */
export function inIam(statements: readonly PolicyStatement[]): string {
  return renderPolicy(statements).replaceAll("$${", () => "${");
}

export const workerPolicy = inIam([...workerStatements(PROPS), ...poolStatements(PROPS, ["apps-worker-general"])]);
const managerPolicy = inIam(managerStatements(PROPS));

export function groupArn(name: string): string {
  return `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1111-22:autoScalingGroupName/${name}`;
}

function role(name: string, id: string, document: string) {
  const arn = `arn:aws:iam::123456789012:role/${name}`;
  return { name, id, arn, policies: [{ name: "swarm-node", document }], boundary: null };
}

function instance(id: string, privateIp: string, roleName: string, group: string) {
  return { id, privateIp, roleName, groupArn: groupArn(group) };
}

/** An account with a manager and two workers, whose roles have the policies that the constructs make. */
export function account(changes: Partial<AccountPolicies> = {}): AccountPolicies {
  return {
    instances: [
      instance(MANAGER, "10.20.0.10", "apps-manager", "apps-manager-0"),
      instance(WORKER, "10.20.0.20", "apps-worker", "apps-worker-general"),
      instance("i-other", "10.20.0.21", "apps-worker", "apps-worker-general"),
    ],
    roles: [role("apps-manager", "AROAMANAGER", managerPolicy), role("apps-worker", WORKER_ROLE_ID, workerPolicy)],
    groups: ["apps-manager-0", "apps-worker-general"].map((name) => ({ name, arn: groupArn(name) })),
    tables: [{ arn: TABLE, hashKey: "pk" }],
    secrets: [
      { name: "apps-unlock-key", arn: SECRET },
      { name: "apps-unlock-key-of-others", arn: `${SECRET.slice(0, -7)}-of-others-Zz9Yy8` },
    ],
    ...changes,
  };
}

/** The same account, its workers with another policy. */
export function withWorkerPolicy(document: string): AccountPolicies {
  const { roles } = account();
  return account({
    roles: roles.map((each) =>
      each.name === "apps-worker" ? { ...each, policies: [{ name: "swarm-node", document }] } : each,
    ),
  });
}

export function keyOf(instanceId: string): string {
  return instanceCredentials(instanceId).accessKeyId;
}

/** A request to DynamoDB about the registry, signed by an instance. */
export function onTable(action: string, body: object): JudgedRequest {
  return {
    ...{ caller: keyOf(WORKER), service: "dynamodb", region: "us-east-1", action, method: "POST", url: "/" },
    ...{ isDynamoDb: true, isForm: false },
    body: JSON.stringify({ TableName: "apps-registry", ...body }),
  };
}

export function onItem(action: string, key: string): JudgedRequest {
  return onTable(action, { Key: { pk: { S: key } } });
}

/** A request of the query protocol. */
export function asForm(service: string, parameters: Readonly<Record<string, string>>): JudgedRequest {
  return {
    ...{ caller: keyOf(WORKER), service, region: "us-east-1", action: parameters["Action"] ?? "" },
    ...{ method: "POST", url: "/", isDynamoDb: false, isForm: true },
    body: new URLSearchParams(parameters).toString(),
  };
}

/** A request to Secrets Manager. */
export function onSecret(action: string, body: object): JudgedRequest {
  return {
    ...{ caller: keyOf(WORKER), service: "secretsmanager", region: "us-east-1", action, method: "POST", url: "/" },
    ...{ isDynamoDb: false, isForm: false },
    body: JSON.stringify(body),
  };
}

/** A policy that allows to read, on a condition. */
export function workerPolicyWith(Condition: object): string {
  const statement = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*", Condition };
  return JSON.stringify({ Version: "2012-10-17", Statement: statement });
}
