import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./workspace";

const project = mkdtempSync(join(tmpdir(), "cdktf-swarm-scale-in-"));
const workspace = new Workspace();

/** Two sayings of one cluster: what is there, and what is deployed next, with a change of the registry's tags as well. */
beforeAll(async () => {
  write("three", 3, "before");
  write("one", 1, "after");
  await workspace.open({ project, environments: ["three", "one"] });
  for (const environment of ["three", "one"]) succeed(environment, "init", "-input=false");
  succeed(
    "three",
    "apply",
    "-auto-approve",
    "-input=false",
    "-target=aws_dynamodb_table_item.Swarm_Registry_Seed_65C29B40",
  );
  copyFileSync(workspace.state("three"), workspace.state("one"));
});
afterAll(async () => {
  await workspace.close();
  rmSync(project, { recursive: true, force: true });
});

describe("fewer manager slots than there were", () => {
  test("fails when a plan deletes slots of managers that are still in the swarm, or does not say what to do", async () => {
    // GIVEN
    await recordManagers([0, 1, 2]);

    // WHEN
    const plan = planOf("one");

    // THEN
    expect(plan.status).toBe(1);
    expect(words(plan.stderr)).toContain(
      "apps is to have 1 manager slot, but of those to be deleted 2, 1 still hold managers of the swarm",
    );
    expect(words(plan.stderr)).toMatch(
      /npx cdktf-swarm managers retire --cluster apps --region us-east-1 2 .*npx cdktf-swarm managers retire --cluster apps --region us-east-1 1/,
    );
  });

  test("fails when slots whose managers were retired cannot be deleted", async () => {
    // GIVEN
    await recordManagers([0]);

    // WHEN
    const plan = planOf("one");

    // THEN
    expect(plan.status, plan.stderr).toBe(0);
  });

  test("fails when a cluster whose managers are in the swarm cannot be destroyed", async () => {
    // GIVEN
    await recordManagers([0, 1, 2]);

    // WHEN
    const plan = planOf("one", "-destroy");

    // THEN
    expect(plan.status, plan.stderr).toBe(0);
  });
});

test("fails when as many managers as there are slots are in the way of a deploy", async () => {
  // GIVEN
  await recordManagers([0, 1, 2]);

  // WHEN
  const plan = planOf("three");

  // THEN
  expect(plan.status, plan.stderr).toBe(0);
});

test("fails when Terraform reads, and so keeps, more of the cluster's record than who its managers are", async () => {
  // GIVEN
  await recordManagers([0, 1, 2]);
  const file = join(project, "three.plan");
  succeed("three", "plan", "-input=false", "-lock=false", `-out=${file}`);

  // WHEN
  const shown = JSON.parse(succeed("three", "show", "-json", file)) as {
    prior_state: { values: { root_module: { resources: { mode: string; type: string; values: { item: string } }[] } } };
  };

  // THEN
  const read = shown.prior_state.values.root_module.resources.filter(
    ({ mode, type }) => mode === "data" && type === "aws_dynamodb_table_item",
  );
  expect(read.map(({ values }) => Object.keys(JSON.parse(values.item)))).toEqual([["managers"]]);
});

function write(environment: string, count: number, tag: string): void {
  const folder = join(project, "stacks", "environments");
  mkdirSync(folder, { recursive: true });
  const lines = [
    `environment: ${environment}`,
    "cluster: apps",
    "region: us-east-1",
    `tags: {stage: ${tag}}`,
    "network: {cidr: 10.20.0.0/16, availabilityZones: [us-east-1a]}",
    `managers: {count: ${count}}`,
    "swarm: {autolock: true}",
    "image: {ssmParameter: /cdktf-swarm/ami/swarm-node}",
  ];
  writeFileSync(join(folder, `${environment}.yaml`), lines.join("\n"));
}

/** As the leader writes them. */
async function recordManagers(slots: readonly number[]): Promise<void> {
  const managers = slots.map((slot) => ({
    M: { slot: { N: String(slot) }, address: { S: `10.20.0.${slot + 10}` }, nodeId: { S: `node${slot}` } },
  }));
  const client = new DynamoDBClient({
    endpoint: workspace.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await client.send(
    new UpdateItemCommand({
      TableName: "apps-registry",
      Key: { pk: { S: "cluster" } },
      UpdateExpression: "SET managers = :managers",
      ExpressionAttributeValues: { ":managers": { L: managers } },
    }),
  );
  client.destroy();
}

function planOf(environment: string, ...args: string[]) {
  return workspace.terraform(workspace.stack(environment), "plan", "-input=false", "-lock=false", ...args, "-no-color");
}

function succeed(environment: string, ...args: string[]): string {
  const result = workspace.terraform(workspace.stack(environment), ...args);
  if (result.status !== 0) throw new Error(`terraform ${args.join(" ")}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Terraform's message without its frame and line breaks. */
function words(message: string): string {
  return message.replaceAll(/[│╷╵\s]+/g, " ");
}
