import { recordKey } from "../registry/records";
import type { PolicyStatement } from "./policy-statement";

/** Where a cluster's groups are. */
export interface PolicyPlace {
  /** Partition of the account, like `aws`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** What the policies of a cluster's nodes are made of. */
export interface NodePolicyProps extends PolicyPlace {
  /** ARN of the registry table. */
  readonly tableArn: string;
  /** Names of the Auto Scaling groups of all manager slots the cluster can have. */
  readonly slotGroupNames: readonly string[];
}

/** The caller's own record: `${aws:userid}` is the role's unique id and, of a node, the instance id. */
const OWN_RECORD = "node#${aws:userid}";

/**
 * What a manager may do: read and write the registry, ask EC2 and Auto Scaling what became of instances, and replace the
 * instance of a slot; slots have no lifecycle hooks to answer. A write that is part of a transaction is checked as
 * `UpdateItem`, and a condition in one as `ConditionCheckItem`.
 */
export function managerStatements(props: NodePolicyProps): readonly PolicyStatement[] {
  return [
    allow("Registry", REGISTRY_ACTIONS, [props.tableArn]),
    // Neither service knows permissions on single resources here.
    allow("InstanceStates", INSTANCE_STATE_ACTIONS, ["*"]),
    ...onGroups("ReplaceSlots", ["autoscaling:TerminateInstanceInAutoScalingGroup"], props, props.slotGroupNames),
    SESSIONS,
  ];
}

/**
 * What a worker of any pool may do: read the cluster record, the worker token, its own record and tombstones, and write
 * its own record. It must not write any other record: a drain request or a token forged by a worker would reach the
 * managers.
 */
export function workerStatements({ tableArn }: Pick<NodePolicyProps, "tableArn">): readonly PolicyStatement[] {
  const shared = [recordKey.cluster, recordKey.workerToken, OWN_RECORD];
  return [
    allow("ReadSharedAndOwn", ["dynamodb:GetItem"], [tableArn], leadingKeys("StringEquals", shared)),
    allow("ReadTombstones", ["dynamodb:GetItem"], [tableArn], leadingKeys("StringLike", [recordKey.removing("*")])),
    allow("WriteOwn", ["dynamodb:UpdateItem"], [tableArn], leadingKeys("StringEquals", [OWN_RECORD])),
    SESSIONS,
  ];
}

/** What a worker may do besides, to be one of its pool: answer the lifecycle hooks of the pool's group. */
export function poolStatements(place: PolicyPlace, groupNames: readonly string[]): readonly PolicyStatement[] {
  return onGroups("AnswerHooks", HOOK_ACTIONS, place, groupNames);
}

const REGISTRY_ACTIONS = ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem", "dynamodb:Scan"];

const INSTANCE_STATE_ACTIONS = [
  "ec2:DescribeInstances",
  "ec2:DescribeInstanceStatus",
  "autoscaling:DescribeAutoScalingGroups",
];

const HOOK_ACTIONS = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"];

/**
 * A shell through Session Manager. Not the managed policy for it, which also allows to read every parameter of the
 * account; and channels have no resource to name.
 */
const SESSIONS: PolicyStatement = allow(
  "Sessions",
  [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  ["*"],
);

/** A statement on groups; none where there are no groups, for AWS refuses a statement without resources. */
function onGroups(
  sid: string,
  actions: readonly string[],
  place: PolicyPlace,
  groupNames: readonly string[],
): readonly PolicyStatement[] {
  if (groupNames.length === 0) return [];
  return [
    allow(
      sid,
      actions,
      groupNames.map((name) => groupArn(place, name)),
    ),
  ];
}

/**
 * ARN of a group by its name. Taken from the group itself it would make the group come before the policy that its
 * first instance needs to answer the launch hook.
 */
function groupArn({ partition, region, accountId }: PolicyPlace, name: string): string {
  return `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`;
}

function leadingKeys(operator: "StringEquals" | "StringLike", keys: readonly string[]): PolicyStatement["conditions"] {
  return { [`ForAllValues:${operator}`]: { "dynamodb:LeadingKeys": keys } };
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: PolicyStatement["conditions"],
): PolicyStatement {
  return { sid, effect: "Allow", actions, resources, conditions };
}
