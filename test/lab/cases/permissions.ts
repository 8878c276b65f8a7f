import { beforeAll, expect, test } from "vitest";
import { instanceCredentials } from "../../../lib/lab/credentials";
import { ask } from "../support/ask";
import type { Project } from "../support/project";

/** What a node's own credentials open, and that nothing the nodes do themselves was refused. */
export function permissions(project: Project): void {
  let endpoint = "";
  let key = "";
  const answer = (action: string, body: object) =>
    ask(endpoint, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        "x-amz-target": `DynamoDB_20120810.${action}`,
        "content-type": "application/x-amz-json-1.0",
      },
      body: JSON.stringify({ TableName: "dev-registry", ...body }),
    });
  const record = (pk: string) => ({ Key: { pk: { S: pk } } });

  beforeAll(() => {
    endpoint = project.labEnvironment()["AWS_ENDPOINT_URL"] ?? "";
    const { hosts } = JSON.parse(project.swarm("lab", "status", "--json").stdout) as {
      hosts: { name: string; instanceId: string }[];
    };
    key = instanceCredentials(hosts.find(({ name }) => name === "general-0")?.instanceId ?? "").accessKeyId;
  });

  test("fails when a node's own agent was refused something", () => {
    // First of these cases: what is refused below is refused on purpose.
    expect(project.supervisorLog()).not.toContain("refused ");
  });

  test("fails when a worker may not read what it needs", async () => {
    expect(await answer("GetItem", record("cluster"))).toContain('"Item"');
  });

  test.each([
    ["Scan", {}],
    ["GetItem", record("slot#0")],
    ["GetItem", record("token#manager")],
    ["UpdateItem", { ...record("cluster"), UpdateExpression: "REMOVE x" }],
  ])("fails when a worker may %s %j", async (action, body) => {
    expect(await answer(action, body)).toContain("AccessDeniedException");
    expect(project.supervisorLog()).toContain(`dynamodb:${action} on `);
  });
}
