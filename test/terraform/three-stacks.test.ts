import { afterAll, beforeAll, expect, test } from "vitest";
import { Workspace } from "./workspace";

const STACKS = ["network", "cluster", "batch"];
const workspace = new Workspace();

/**
 * `examples/three-stacks.ts`. A stack can be planned once those before it have said what it refers to, so these are
 * applied to the emulated account: the network whole, and of the cluster what its pool is told of it.
 */
beforeAll(async () => {
  await workspace.open({ app: "examples/three-stacks.js" });
  for (const stack of STACKS) succeed(stack, "init", "-input=false");
});
afterAll(() => workspace.close());

test.each(STACKS)("fails when Terraform finds the stack %s not valid, or warns", (stack) => {
  const validation = JSON.parse(workspace.terraform(workspace.stack(stack), "validate", "-json").stdout);

  expect(validation).toMatchObject({ valid: true, diagnostics: [] });
});

test("fails when a stack cannot be planned on what those before it say", () => {
  // GIVEN
  succeed("network", "apply", "-auto-approve", "-input=false");
  const cluster = planned("cluster");
  succeed("cluster", "apply", "-auto-approve", "-input=false", ...TOLD.map((address) => `-target=${address}`));

  // WHEN
  const batch = planned("batch");

  // THEN
  expect(cluster).toMatch(/Plan: [1-9]\d* to add, 0 to change, 0 to destroy/);
  expect(batch).toMatch(/Plan: 5 to add, 0 to change, 0 to destroy/);
  expect(batch).toMatch(/\+ role += "trio-us-east-1-worker"/);
});

/** What the pool refers to: its workers' role, their security group, and the life of the cluster. */
const TOLD = [
  "aws_iam_role.Swarm_Roles_Workers_B10BB366",
  "aws_security_group.Swarm_SecurityGroups_workers_D7A09637",
  "terraform_data.Swarm_Registry_Nonce_9E57ED3F",
];

function planned(stack: string): string {
  return succeed(stack, "plan", "-input=false", "-no-color", "-lock=false");
}

function succeed(stack: string, ...args: string[]): string {
  const result = workspace.terraform(workspace.stack(stack), ...args);
  if (result.status !== 0) throw new Error(`terraform ${args.join(" ")} in ${stack}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}
