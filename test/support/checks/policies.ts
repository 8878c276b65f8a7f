import type { SynthesizedStack } from "../synth";
import { type Check, groups, list, nodeSettings, roleOf, text } from "./check";

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Actions that have no resource to name. */
const WITHOUT_RESOURCE = [
  "autoscaling:DescribeAutoScalingGroups",
  "ec2:DescribeInstanceStatus",
  "ec2:DescribeInstances",
  "elasticfilesystem:DescribeFileSystems",
  "elasticfilesystem:DescribeMountTargets",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** A policy that refers to a group comes after it, and its first instance needs the policy. */
export const policiesReferToNoGroup: Check = (stack) =>
  stack
    .resources("aws_iam_role_policy")
    .filter(({ properties }) => /aws_autoscaling_group\./.test(text(properties)))
    .map(({ address }) => `${address} refers to an Auto Scaling group`);

/** No wildcard, but where AWS knows nothing narrower. */
export const policiesAreNarrow: Check = (stack) =>
  statements(stack).flatMap(({ address, statement }) => {
    const actions = listOf(statement.Action);
    const faults = actions.filter((action) => action.includes("*")).map((action) => `${address} allows ${action}`);
    if (listOf(statement.Resource).includes("*")) {
      const wide = actions.filter((action) => !WITHOUT_RESOURCE.includes(action));
      faults.push(...wide.map((action) => `${address} allows ${action} on everything`));
    }
    return faults;
  });

/** What a worker may do with the registry is bound to records by their keys, always. */
export const workersAreBoundToRecords: Check = (stack, config) => {
  const [pool] = groups(stack, config, "worker");
  if (pool === undefined) return [];
  const role = roleOf(stack, pool).address;
  return statements(stack)
    .filter(({ roleAddress }) => roleAddress === role)
    .filter(({ statement }) => listOf(statement.Action).some((action) => action.startsWith("dynamodb:")))
    .filter(({ statement }) => !keysOf(statement))
    .map(({ address, statement }) => `${address} lets workers ${text(statement.Action)} any record`);
};

/** What a worker may do at all, and with which records: by this alone its credentials yield no manager's token (V10). */
const WORKER_ACTIONS: readonly RegExp[] = [
  /^autoscaling:(CompleteLifecycleAction|RecordLifecycleActionHeartbeat)$/,
  /^elasticfilesystem:Describe(FileSystems|MountTargets)$/,
  /^ssm:UpdateInstanceInformation$/,
  /^ssmmessages:(Create|Open)(Control|Data)Channel$/,
];
const WORKER_RECORDS: Readonly<Record<string, readonly string[]>> = {
  '["dynamodb:GetItem"]': ["cluster", "token#worker", "node#$${aws:userid}", "removing#*"],
  '["dynamodb:UpdateItem"]': ["node#$${aws:userid}"],
};

/** A worker may do nothing but what the protocol names. */
export const workersMayDoNoMore: Check = (stack, config) => {
  const [pool] = groups(stack, config, "worker");
  const role = pool && roleOf(stack, pool).address;
  return statements(stack)
    .filter(({ roleAddress }) => roleAddress === role)
    .flatMap(({ address, statement }) => {
      const records = WORKER_RECORDS[text(listOf(statement.Action))];
      if (records !== undefined) {
        const named = Object.values(statement.Condition ?? {}).flatMap(
          (keys) => (keys["dynamodb:LeadingKeys"] ?? []) as readonly string[],
        );
        return named
          .filter((key) => !records.includes(key))
          .map((key) => `${address} lets workers ${text(statement.Action)} ${key}`);
      }
      return listOf(statement.Action)
        .filter((action) => !WORKER_ACTIONS.some((allowed) => allowed.test(action)))
        .map((action) => `${address} lets workers ${action}`);
    });
};

/** A pool's workers may answer the hooks of its group. */
export const poolsMayAnswerHooks: Check = (stack, config) =>
  groups(stack, config, "worker").flatMap((pool) => {
    const role = roleOf(stack, pool).address;
    const allowed = statements(stack).some(
      ({ roleAddress, statement }) =>
        roleAddress === role &&
        listOf(statement.Action).includes("autoscaling:CompleteLifecycleAction") &&
        listOf(statement.Resource).some((arn) => arn.endsWith(`autoScalingGroupName/${text(pool.properties.name)}`)),
    );
    return allowed ? [] : [`${pool.address} cannot answer its hooks`];
  });

/** Managers may replace the instance of each slot there can be, and end no other instance. */
export const managersMayReplaceSlots: Check = (stack, config) => {
  const [slot] = groups(stack, config, "manager");
  const role = slot && roleOf(stack, slot).address;
  const named = statements(stack)
    .filter(({ statement }) => listOf(statement.Action).includes(REPLACE))
    .flatMap(({ roleAddress, statement }) =>
      listOf(statement.Resource).map((arn) => `${roleAddress} ${arn.slice(arn.lastIndexOf("/") + 1)}`),
    );
  const wanted = [0, 1, 2, 3, 4, 5, 6].map((each) => `${role} ${config.cluster}-manager-${each}`);
  return [
    ...wanted.filter((each) => !named.includes(each)).map((each) => `${REPLACE} is not allowed: ${each}`),
    ...named.filter((each) => !wanted.includes(each)).map((each) => `${REPLACE} is allowed: ${each}`),
  ];
};

/** The unlock key is for managers, is in no state, and is one secret's, which does not outlive the cluster. */
export const unlockKeyIsForManagers: Check = (stack, config) => {
  const secrets = stack.resources("aws_secretsmanager_secret");
  if (secrets.length !== (config.swarm.autolock ? 1 : 0)) return [`there are ${secrets.length} secrets`];
  const faults = stack.resources("aws_secretsmanager_secret_version").map(({ address }) => `${address} holds a key`);
  const [slot] = groups(stack, config, "manager");
  for (const { roleAddress, statement } of statements(stack)) {
    if (!listOf(statement.Action).some((action) => action.startsWith("secretsmanager:"))) continue;
    if (slot === undefined || roleAddress !== roleOf(stack, slot).address) faults.push(`${roleAddress} has the key`);
    if (text(statement.Resource) !== text(secrets.map(({ address }) => `\${${address}.arn}`))) {
      faults.push(`${roleAddress} has other secrets than the key: ${text(statement.Resource)}`);
    }
  }
  for (const { address, properties } of secrets) {
    if (properties.recovery_window_in_days !== 0) faults.push(`${address} keeps its name when it is destroyed`);
    for (const settings of nodeSettings(stack)) {
      const wanted = settings.role === "manager" ? `\${${address}.arn}` : undefined;
      if (settings.unlockKeySecret !== wanted) faults.push(`${text(settings.autoScalingGroup)} is told of another key`);
    }
  }
  return faults;
};

const REPLACE = "autoscaling:TerminateInstanceInAutoScalingGroup";

function statements(stack: SynthesizedStack) {
  return stack.resources("aws_iam_role_policy").flatMap(({ address, properties }) => {
    const { Statement: found } = JSON.parse(text(properties.policy)) as { Statement: readonly Statement[] };
    const roleAddress = stack.referent(properties.role).address;
    return list(found).map((statement) => ({ address, roleAddress, statement: statement as unknown as Statement }));
  });
}

function keysOf({ Condition = {} }: Statement): boolean {
  return Object.values(Condition).some((keys) => Array.isArray(keys["dynamodb:LeadingKeys"]));
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
