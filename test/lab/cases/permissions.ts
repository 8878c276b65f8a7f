import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { instanceCredentials } from "../../../lib/lab/emulator/credentials";
import { ask } from "../support/ask";
import type { Project } from "../support/project";

const ASK_AS_NODE = readFileSync(join(__dirname, "../support/ask-as-node.py"), "utf8");
const TABLE = "dev-registry";
const WORKER = "general-0";
const REFUSED = /AccessDenied|UnauthorizedOperation/;
/** Writes that leave a record as it is. */
const NO_CHANGE = { UpdateExpression: "REMOVE nothingOfThisName" };

/** Service, target (none: a form) and body of a request. */
type Request = readonly [service: string, target: string, body: string];
type Key = { readonly Key: { readonly pk: { readonly S: string } } };

/** What a node's own credentials open, from its own address, and that nothing the nodes do themselves was refused. */
export function permissions(project: Project): void {
  const instanceIds = new Map<string, string>();
  let keys: readonly string[] = [];
  let ownKey = "";

  /** Asks from the worker's host, and answers what came back for each request. */
  const askAsWorker = (requests: readonly Request[], ...key: string[]): readonly string[] => {
    const answer = project.exec(WORKER, "python3", "-c", ASK_AS_NODE, JSON.stringify(requests), ...key);
    return (JSON.parse(answer) as [number, string][]).map(([status, body]) => `${status} ${body}`);
  };

  /** The requests that were not refused, of those that should be. */
  const allowed = (requests: readonly Request[], ...key: string[]): readonly string[] =>
    askAsWorker(requests, ...key).flatMap((answer, index) =>
      REFUSED.test(answer) ? [] : [`${requests[index]?.slice(1).join(" ")}: ${answer}`],
    );

  beforeAll(async () => {
    const { hosts } = JSON.parse(project.swarm("lab", "status", "--json").stdout) as {
      hosts: { name: string; instanceId: string }[];
    };
    for (const { name, instanceId } of hosts) instanceIds.set(name, instanceId);
    keys = await allKeys(project.labEnvironment()["AWS_ENDPOINT_URL"] ?? "");
    ownKey = keys.find((key) => key.endsWith(`:${instanceIds.get(WORKER)}`)) ?? "";
  });

  test("fails when a node's own agent was refused something", () => {
    // First of these cases: what is refused below is refused on purpose.
    expect(project.supervisorLog()).not.toContain("refused ");
  });

  test("fails when a worker may not read and write what the protocol names", () => {
    // WHEN
    const answers = askAsWorker([
      ...["cluster", "token#worker", ownKey, "removing#of-nobody"].map((key) => onItem("GetItem", key)),
      onItem("UpdateItem", ownKey, NO_CHANGE),
    ]);

    // THEN
    expect(ownKey).toMatch(/^node#/);
    expect(answers.filter((answer) => !answer.startsWith("200 "))).toEqual([]);
    expect(answers[1]).toMatch(/SWMTKN/);
  });

  describe("what a worker may not", () => {
    test("fails when it may read any other record", () => {
      // GIVEN
      const named = new Set(["cluster", "token#worker", ownKey]);
      const others = keys.filter((key) => !named.has(key) && !key.startsWith("removing#"));

      // THEN
      expect(others.filter((key) => key.startsWith("slot#"))).toHaveLength(3);
      expect(others.filter((key) => key.startsWith("node#"))).toHaveLength(4);
      expect(allowed([...others, "token#manager", "unknown"].map((key) => onItem("GetItem", key)))).toEqual([]);
    });

    test("fails when it may write any record but its own", () => {
      const others = [...keys.filter((key) => key !== ownKey), "removing#of-nobody", "slot#6", "unknown", `${ownKey}0`];
      expect(allowed(others.map((key) => onItem("UpdateItem", key, NO_CHANGE)))).toEqual([]);
    });

    test("fails when it may put, replace or delete a record, its own too", () => {
      const item = (key: string) => ({ Item: { pk: { S: key } }, ConditionExpression: "attribute_not_exists(pk)" });
      const never = { ConditionExpression: "attribute_not_exists(pk)" };
      expect(
        allowed([
          ...[...keys, "unknown"].map((key) => onTable("PutItem", item(key))),
          ...keys.map((key) => onItem("DeleteItem", key, never)),
        ]),
      ).toEqual([]);
    });

    test("fails when it may read or write several records at once", () => {
      const items = { Keys: [itemKey(ownKey).Key] };
      const update = (key: string) => ({ Update: { TableName: TABLE, ...itemKey(key), ...NO_CHANGE } });
      const get = (key: string) => ({ Get: { TableName: TABLE, ...itemKey(key) } });
      const condition = { TableName: TABLE, ...itemKey("cluster"), ConditionExpression: "attribute_exists(pk)" };
      expect(
        allowed([
          onTable("Scan", {}),
          onTable("Query", {
            KeyConditionExpression: "pk = :own",
            ExpressionAttributeValues: { ":own": { S: ownKey } },
          }),
          dynamoDb("BatchGetItem", { RequestItems: { [TABLE]: items } }),
          dynamoDb("BatchWriteItem", { RequestItems: { [TABLE]: [{ DeleteRequest: itemKey("unknown") }] } }),
          dynamoDb("TransactGetItems", { TransactItems: [get("cluster"), get("slot#0")] }),
          dynamoDb("TransactWriteItems", { TransactItems: [update(ownKey), update("cluster")] }),
          dynamoDb("TransactWriteItems", { TransactItems: [update(ownKey), { ConditionCheck: condition }] }),
          dynamoDb("ExecuteStatement", { Statement: `SELECT * FROM "${TABLE}" WHERE pk = 'slot#0'` }),
        ]),
      ).toEqual([]);
    });

    test("fails when it may do something to the table, or see what else there is", () => {
      expect(
        allowed([
          onTable("DescribeTable", {}),
          onTable("DescribeContinuousBackups", {}),
          onTable("CreateBackup", { BackupName: "copy" }),
          onTable("UpdateTimeToLive", { TimeToLiveSpecification: { Enabled: true, AttributeName: "pk" } }),
          dynamoDb("ListTables", {}),
        ]),
      ).toEqual([]);
    });

    test("fails when it may do a manager's work in other services, or take a manager's role", () => {
      const manager = instanceIds.get("manager-0") ?? "";
      expect(
        allowed([
          form("ec2", "2016-11-15", "DescribeInstances"),
          form("ec2", "2016-11-15", "DescribeInstanceStatus"),
          form("ec2", "2016-11-15", "DescribeLaunchTemplateVersions", { "Versions.1": "$Latest" }),
          form("ec2", "2016-11-15", "TerminateInstances", { "InstanceId.1": manager }),
          form("autoscaling", "2011-01-01", "DescribeAutoScalingInstances"),
          form("autoscaling", "2011-01-01", "DescribeAutoScalingGroups"),
          form("autoscaling", "2011-01-01", "TerminateInstanceInAutoScalingGroup", {
            InstanceId: manager,
            ShouldDecrementDesiredCapacity: "false",
          }),
          form("autoscaling", "2011-01-01", "CompleteLifecycleAction", {
            AutoScalingGroupName: "dev-manager-0",
            LifecycleHookName: "launch",
            LifecycleActionResult: "ABANDON",
            InstanceId: manager,
          }),
          form("iam", "2010-05-08", "GetRolePolicy", { RoleName: "dev-us-east-1-manager", PolicyName: "swarm-node" }),
          form("sts", "2011-06-15", "AssumeRole", {
            RoleArn: "arn:aws:iam::123456789012:role/dev-us-east-1-manager",
            RoleSessionName: "worker",
          }),
          ["secretsmanager", "secretsmanager.ListSecrets", "{}"],
          ["secretsmanager", "secretsmanager.GetSecretValue", '{"SecretId":"dev-unlock-key"}'],
          ["ssm", "AmazonSSM.GetParametersByPath", '{"Path":"/"}'],
        ]),
      ).toEqual([]);
    });
  });

  test.each(["manager-0", "general-1"])("fails when a worker may use the credentials of %s", (other) => {
    const key = instanceCredentials(instanceIds.get(other) ?? "").accessKeyId;
    expect(allowed([onItem("GetItem", "slot#0"), onItem("GetItem", "cluster")], key)).toEqual([]);
  });

  test("fails when a refusal is not told to who runs the lab", () => {
    expect(project.supervisorLog()).toMatch(/refused \S+\/i-\w+: dynamodb:GetItem on \S+ key "slot#0": no statement/);
  });
}

function dynamoDb(action: string, body: object): Request {
  return ["dynamodb", `DynamoDB_20120810.${action}`, JSON.stringify(body)];
}

function onTable(action: string, body: object): Request {
  return dynamoDb(action, { TableName: TABLE, ...body });
}

function onItem(action: string, key: string, body: object = {}): Request {
  return onTable(action, { ...itemKey(key), ...body });
}

function itemKey(key: string): Key {
  return { Key: { pk: { S: key } } };
}

function form(
  service: string,
  Version: string,
  Action: string,
  parameters: Readonly<Record<string, string>> = {},
): Request {
  return [service, "", new URLSearchParams({ Action, Version, ...parameters }).toString()];
}

/** The key of every record there is, as the operator sees them. */
async function allKeys(endpoint: string): Promise<readonly string[]> {
  const answer = await ask(endpoint, {
    method: "POST",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
      "x-amz-target": "DynamoDB_20120810.Scan",
      "content-type": "application/x-amz-json-1.0",
    },
    body: JSON.stringify({ TableName: TABLE }),
  });
  return (JSON.parse(answer) as { Items: { pk: { S: string } }[] }).Items.map(({ pk }) => pk.S);
}
