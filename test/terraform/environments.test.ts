import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { first, Workspace } from "./workspace";

const root = resolve(__dirname, "../..");
// The last one is an example, which is an environment only where somebody makes it one.
const ENVIRONMENTS = ["dev", "test", "production", "rexray"];
const project = mkdtempSync(join(tmpdir(), "cdktf-swarm-environments-"));
const workspace = new Workspace();

beforeAll(async () => {
  const folder = join(project, "stacks/environments");
  cpSync(join(root, "stacks/environments"), folder, { recursive: true });
  copyFileSync(join(root, "examples/rexray.yaml"), join(folder, "rexray.yaml"));
  await workspace.open({ project });
  for (const environment of ENVIRONMENTS) {
    const init = workspace.terraform(workspace.stack(environment), "init", "-input=false", "-no-color");
    if (init.status !== 0) throw new Error(`terraform init of ${environment}\n${init.stdout}${init.stderr}`);
  }
});
afterAll(async () => {
  await workspace.close();
  rmSync(project, { recursive: true, force: true });
});

interface Validation {
  readonly valid: boolean;
  readonly diagnostics: readonly { readonly severity: string; readonly summary: string; readonly detail?: string }[];
}

const validate = (folder: string): Validation =>
  JSON.parse(workspace.terraform(folder, "validate", "-json").stdout) as Validation;
const said = ({ diagnostics }: Validation): string =>
  diagnostics.map(({ summary, detail }) => `${summary} ${detail ?? ""}`).join("\n");

describe.each(ENVIRONMENTS)("%s", (environment) => {
  test("fails when Terraform or the AWS provider finds the stack not valid, or warns", () => {
    const validation = validate(workspace.stack(environment));

    expect(said(validation)).toBe("");
    expect(validation.valid).toBe(true);
  });

  test("fails when the AWS provider cannot plan the stack into an empty account", () => {
    const plan = workspace.terraform(workspace.stack(environment), "plan", "-input=false", "-no-color", "-lock=false");

    expect(plan.status, plan.stderr).toBe(0);
    expect(plan.stdout).toMatch(/Plan: [1-9]\d* to add, 0 to change, 0 to destroy/);
    expect(plan.stdout + plan.stderr).not.toMatch(/Warning:/);
  });
});

describe("what validate is there for", () => {
  test("fails when a misspelt argument planted in the synthesized JSON is not caught", () => {
    const folder = workspace.changed("dev", "misspelt", (document) => {
      first(document, "aws_autoscaling_group")["wait_for_capacity_timout"] = "0";
    });

    const validation = validate(folder);

    expect(validation.valid).toBe(false);
    expect(said(validation)).toMatch(/wait_for_capacity_timout/);
  });

  test("fails when a wrong enum value planted in the synthesized JSON is not caught", () => {
    const folder = workspace.changed("dev", "wrong-enum", (document) => {
      first(document, "aws_dynamodb_table")["billing_mode"] = "PAY_PER_REQUST";
    });

    const validation = validate(folder);

    expect(validation.valid).toBe(false);
    expect(said(validation)).toMatch(/billing_mode.*PAY_PER_REQUST/s);
  });
});
