import { describe, expect, test } from "vitest";
import { type JudgedRequest, questionsOf } from "../../../../lib/lab/front/policies/policy-request";
import { account, asForm, groupArn, onItem, onSecret, onTable, SECRET, TABLE } from "./support";

const NAMES = { partition: "aws", accountId: "123456789012" };

function asked(request: JudgedRequest, known = account()): readonly string[] {
  return questionsOf(request, known, NAMES).map(({ action, resource, context }) =>
    [action, resource, ...(context["dynamodb:LeadingKeys"] ?? [])].join(" "),
  );
}

describe("DynamoDB", () => {
  test("fails when an item's key is not what conditions are asked of", () => {
    expect(asked(onItem("GetItem", "cluster"))).toEqual([`dynamodb:GetItem ${TABLE} cluster`]);
  });

  test("fails when other attributes of a new item are taken for its key", () => {
    const Item = { token: { S: "secret" }, pk: { S: "token#worker" } };
    expect(asked(onTable("PutItem", { Item }))).toEqual([`dynamodb:PutItem ${TABLE} token#worker`]);
  });

  test("fails when a part of a transaction is judged as something else, or not at all", () => {
    // GIVEN
    const part = (key: string) => ({ TableName: "apps-registry", Key: { pk: { S: key } } });
    const Put = { TableName: "other", Item: { id: { S: "d" } } };
    const TransactItems = [{ Update: part("a") }, { ConditionCheck: part("b") }, { Delete: part("c") }, { Put }];

    // WHEN
    const questions = asked(onTable("TransactWriteItems", { TransactItems }));

    // THEN
    expect(questions).toEqual([
      `dynamodb:UpdateItem ${TABLE} a`,
      `dynamodb:ConditionCheckItem ${TABLE} b`,
      `dynamodb:DeleteItem ${TABLE} c`,
      `dynamodb:PutItem ${TABLE.replace("apps-registry", "other")} d`,
    ]);
  });

  test("fails when a batch is not asked for all its keys", () => {
    const writes = [{ PutRequest: { Item: { pk: { S: "a" } } } }, { DeleteRequest: { Key: { pk: { S: "b" } } } }];
    const read = onTable("BatchGetItem", {
      RequestItems: { [TABLE]: { Keys: [{ pk: { S: "a" } }, { pk: { S: "b" } }] } },
    });
    expect(asked(onTable("BatchWriteItem", { RequestItems: { "apps-registry": writes } }))).toEqual([
      `dynamodb:BatchWriteItem ${TABLE} a b`,
    ]);
    expect(asked(read)).toEqual([`dynamodb:BatchGetItem ${TABLE} a b`]);
  });

  test("fails when an index is taken for its table", () => {
    expect(asked(onTable("Scan", { IndexName: "byNode" }))).toEqual([`dynamodb:Scan ${TABLE}/index/byNode`]);
  });

  test("fails when the key of a query, which the lab does not read, is taken for none", () => {
    const [question] = questionsOf(onTable("Query", {}), account(), NAMES);
    expect(question?.untold).toEqual(["dynamodb:leadingkeys"]);
  });

  test.each([
    ["a body that is no JSON", { ...onItem("GetItem", "a"), body: "pk" }],
    ["an item without a key", onTable("GetItem", { Key: { other: { S: "a" } } })],
    ["an item with another key", onTable("GetItem", { Key: { pk: { M: { S: "a" } } } })],
    ["no key", onTable("UpdateItem", {})],
    ["a part of a transaction that is not known", onTable("TransactWriteItems", { TransactItems: [{ Drop: {} }] })],
    ["a transaction that is none", onTable("TransactWriteItems", {})],
    ["PartiQL", onTable("ExecuteStatement", { Statement: "SELECT" })],
    ["the signature of another service", { ...onItem("GetItem", "a"), service: "ssm" }],
  ])("fails when %s can be judged", (_, request) => {
    expect(() => questionsOf(request, account(), NAMES)).toThrow();
  });
});

describe("other services", () => {
  test.each([
    ["its name", { AutoScalingGroupName: "apps-manager-0" }, groupArn("apps-manager-0")],
    ["an instance of it", { InstanceId: "i-manager" }, groupArn("apps-manager-0")],
    ["an instance that is not known", { InstanceId: "i-none" }, "*"],
    ["a name that is not known", { AutoScalingGroupName: "x" }, groupArn("x").replace("1111-22", "unknown")],
  ])("fails when a group is not known by %s", (_, parameters, arn) => {
    const request = asForm("autoscaling", { Action: "TerminateInstanceInAutoScalingGroup", ...parameters });
    expect(asked(request)).toEqual([`autoscaling:TerminateInstanceInAutoScalingGroup ${arn}`]);
  });

  test("fails when Describe has a resource, which AWS knows none for", () => {
    const request = asForm("autoscaling", { Action: "DescribeLifecycleHooks", AutoScalingGroupName: "apps-manager-0" });
    expect(asked(request)).toEqual(["autoscaling:DescribeLifecycleHooks *"]);
  });

  test.each([
    ["its name", "apps-unlock-key", SECRET],
    ["its ARN", SECRET, SECRET],
    ["its ARN without the random end", SECRET.slice(0, -7), SECRET],
    ["the ARN of another region", SECRET.replace("us-east-1", "eu-west-1"), "*"],
    ["a part of its name", "apps-unlock", "*"],
    ["nothing", undefined, "*"],
  ])("fails when a secret named by %s is another than AWS means", (_, SecretId, arn) => {
    expect(asked(onSecret("GetSecretValue", { SecretId }))).toEqual([`secretsmanager:GetSecretValue ${arn}`]);
  });

  test("fails when a secret's request that is no JSON can be judged", () => {
    expect(() => asked({ ...onSecret("GetSecretValue", {}), body: "apps-unlock-key" })).toThrow("not JSON");
  });

  test.each(["DescribeInstances", "DescribeInstanceStatus"])("fails when EC2's %s has a resource", (Action) => {
    expect(asked(asForm("ec2", { Action, "InstanceId.1": "i-manager" }))).toEqual([`ec2:${Action} *`]);
  });

  test.each(["DescribeAutoScalingGroups", "DescribeAutoScalingInstances"])(
    "fails when Auto Scaling's %s has a resource",
    (Action) => {
      const parameters = { "AutoScalingGroupNames.member.1": "apps-manager-0", AutoScalingGroupName: "apps-manager-0" };
      expect(asked(asForm("autoscaling", { Action, ...parameters }))).toEqual([`autoscaling:${Action} *`]);
    },
  );

  test("fails when a path of EFS is not its action", () => {
    const url = "/2015-02-01/mount-targets?FileSystemId=fs-1";
    const action = "GET /2015-02-01/mount-targets";
    const request = { ...asForm("elasticfilesystem", {}), isForm: false, method: "GET", url, action };
    expect(asked(request)).toEqual(["elasticfilesystem:DescribeMountTargets *"]);
  });

  test.each([
    ["twice", { ...asForm("ec2", {}), body: "Action=DescribeInstances&Action=TerminateInstances" }],
    ["in its path", { ...asForm("ec2", { Action: "DescribeInstances" }), url: "/?Action=TerminateInstances" }],
    ["nowhere", asForm("ec2", {})],
  ])("fails when a form that names its action %s can be judged", (_, request) => {
    expect(() => questionsOf(request, account(), NAMES)).toThrow("it does not name one action");
  });
});
