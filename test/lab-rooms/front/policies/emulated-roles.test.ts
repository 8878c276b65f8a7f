import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instanceCredentials } from "../../../../lib/lab/emulator/credentials";
import { type Moto, NODE_IMAGE_ID, startMoto } from "../../../../lib/lab/emulator/moto";
import { Front } from "../../../../lib/lab/front/front";
import { readPolicies } from "../../../../lib/lab/front/policies/account-policies";
import { NodePolicies } from "../../../../lib/lab/front/policies/node-policies";
import { START_TIMEOUT_MS } from "../../emulator/account";
import { inIam, TABLE } from "./support";

const OPERATOR = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

let moto: Moto;
let front: Front;
let url: string;
let node: typeof OPERATOR;
const log: string[] = [];

beforeAll(async () => {
  moto = await startMoto();
  const authorizer = new NodePolicies({ read: () => readPolicies(moto.url), log: (line) => log.push(line) });
  front = new Front({ upstreamPort: moto.port, authorizer });
  url = `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}`;
  await dynamoDb().send(
    new CreateTableCommand({
      TableName: "apps-registry",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    }),
  );
  await iam({ Action: "CreateRole", RoleName: "apps", AssumeRolePolicyDocument: TRUST });
  await iam({ Action: "CreateInstanceProfile", InstanceProfileName: "apps" });
  await iam({ Action: "AddRoleToInstanceProfile", InstanceProfileName: "apps", RoleName: "apps" });
  await allow("dynamodb:GetItem", "node#${aws:userid}");
  const { Instances } = await new EC2Client(options(OPERATOR)).send(
    new RunInstancesCommand({ ImageId: NODE_IMAGE_ID, MinCount: 1, MaxCount: 1, IamInstanceProfile: { Name: "apps" } }),
  );
  node = instanceCredentials(Instances?.[0]?.InstanceId ?? "");
}, START_TIMEOUT_MS);

afterAll(async () => {
  await front.close();
  await moto.stop();
});

function options(credentials: typeof OPERATOR) {
  return { endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 };
}

function dynamoDb(credentials = OPERATOR): DynamoDBClient {
  return new DynamoDBClient(options(credentials));
}

function get(key: string): GetItemCommand {
  return new GetItemCommand({ TableName: "apps-registry", Key: { pk: { S: key } } });
}

async function iam(parameters: Readonly<Record<string, string>>): Promise<void> {
  const credential = `Credential=${OPERATOR.accessKeyId}/20260101/us-east-1/iam/aws4_request`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Version: "2010-05-08", ...parameters }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function secrets(action: string, body: object, by = node): Promise<Record<string, string>> {
  const credential = `Credential=${by.accessKeyId}/20260101/us-east-1/secretsmanager/aws4_request`;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${action}`,
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, string>;
}

/** Gives the role its one policy. */
async function allow(action: string, key: string): Promise<void> {
  const conditions = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [key] } };
  const document = inIam([{ sid: "One", effect: "Allow", actions: [action], resources: [TABLE], conditions }]);
  await iam({ Action: "PutRolePolicy", RoleName: "apps", PolicyName: "one", PolicyDocument: document });
}

async function ownKey(): Promise<string> {
  const { roles, instances } = await readPolicies(moto.url);
  return `node#${roles.find(({ name }) => name === "apps")?.id}:${instances[0]?.id}`;
}

test("fails when an instance is refused what its role's policy in the emulator allows", async () => {
  // WHEN
  const answer = await dynamoDb(node).send(get(await ownKey()));

  // THEN
  expect(answer.$metadata.httpStatusCode).toBe(200);
});

test.each([
  ["DynamoDB", "AccessDeniedException", 400, () => dynamoDb(node).send(get("cluster"))],
  ["EC2", "UnauthorizedOperation", 403, () => new EC2Client(options(node)).send(new DescribeInstancesCommand({}))],
  [
    "Auto Scaling",
    "AccessDenied",
    403,
    () => new AutoScalingClient(options(node)).send(new DescribeAutoScalingGroupsCommand({})),
  ],
])("fails when %s does not refuse as it does on AWS", async (_, name, status, ask) => {
  // WHEN
  const asking = ask();

  // THEN
  await expect(asking).rejects.toMatchObject({
    name,
    message: expect.stringMatching(/^User: arn:aws:sts::123456789012:assumed-role\/apps\/i-\w+ is not authorized/),
    $metadata: { httpStatusCode: status },
  });
});

test("fails when a transaction is judged as a whole", async () => {
  // GIVEN
  await allow("dynamodb:UpdateItem", "mine");
  const change = (key: string) => ({
    Update: { TableName: "apps-registry", Key: { pk: { S: key } }, UpdateExpression: "REMOVE x" },
  });
  const write = (...keys: readonly string[]) =>
    dynamoDb(node).send(new TransactWriteItemsCommand({ TransactItems: keys.map(change) }));

  // WHEN
  const allowed = await write("mine");
  const refused = write("mine", "cluster");

  // THEN
  expect(allowed.$metadata.httpStatusCode).toBe(200);
  await expect(refused).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(log.at(-1)).toContain(`dynamodb:UpdateItem on ${TABLE} key "cluster"`);
});

test("fails when a secret's policy is not enforced by its ARN", async () => {
  // GIVEN
  const { ARN } = await secrets("CreateSecret", { Name: "apps-unlock-key" }, OPERATOR);
  await secrets("CreateSecret", { Name: "apps-other", SecretString: "never" }, OPERATOR);
  const statement = { sid: "One", effect: "Allow" as const, resources: [ARN ?? ""] };
  const document = inIam([
    { ...statement, actions: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"] },
  ]);
  await iam({ Action: "PutRolePolicy", RoleName: "apps", PolicyName: "one", PolicyDocument: document });

  // WHEN
  const empty = await secrets("GetSecretValue", { SecretId: ARN });
  await secrets("PutSecretValue", { SecretId: ARN, SecretString: "SWMKEY-1-x" });
  const filled = await secrets("GetSecretValue", { SecretId: ARN });
  const refused = await secrets("GetSecretValue", { SecretId: "apps-other" });

  // THEN
  expect(empty).toMatchObject({
    __type: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
  expect(filled).toMatchObject({ SecretString: "SWMKEY-1-x" });
  expect(refused).toMatchObject({ __type: "AccessDeniedException" });
});

test("fails when a policy that Terraform has just changed is not the one that decides", async () => {
  // GIVEN
  await allow("dynamodb:GetItem", "before");
  await dynamoDb(node).send(get("before"));

  // WHEN
  await allow("dynamodb:GetItem", "after");

  // THEN
  expect((await dynamoDb(node).send(get("after"))).$metadata.httpStatusCode).toBe(200);
});

test("fails when an operator is judged", async () => {
  // WHEN
  const answer = await dynamoDb().send(new ScanCommand({ TableName: "apps-registry" }));

  // THEN
  expect(answer.$metadata.httpStatusCode).toBe(200);
});
