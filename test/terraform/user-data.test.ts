import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { UserDataSnippet } from "../../lib/nodes";
import { UserData } from "../../lib/nodes/user-data";
import { TerraformData } from "../../lib/terraform-data";
import { nodeSettings } from "../support/node-group";

// What Terraform, YAML, JSON and the shell each have their own idea of.
const AWKWARD = "${FOO} %{if} \"quoted\" \\ 'single' <>& ü\n\ttab";
const SCRIPT = '#!/bin/sh\ncurl -w "%{http_code}" "${URL}"\n';

let folder: string;
let rendered: { readonly id: string; readonly plain: string; readonly multipart: string };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "user-data-"));
  const app = new App({ outdir: folder });
  const stack = new TerraformStack(app, "user-data");
  new LocalBackend(stack, { path: join(folder, "terraform.tfstate") });
  const { id } = new TerraformData(stack, "Nonce", { triggersReplace: {} });
  const settings = nodeSettings({ nonce: id, labels: { awkward: AWKWARD, mixed: `a-${id}` } });
  const snippets = [
    UserDataSnippet.shellScript(SCRIPT),
    UserDataSnippet.cloudConfig("#cloud-config\npackages: [jq]\n"),
  ];
  const outputs = {
    id,
    plain: new UserData(stack, "Plain", { settings }).base64,
    multipart: new UserData(stack, "Multipart", { settings, snippets }).base64,
  };
  for (const [name, value] of Object.entries(outputs)) new TerraformOutput(stack, name, { value, staticId: true });
  app.synth();
  rendered = apply(join(folder, "stacks", "user-data"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing but `terraform_data`, so no provider is needed. */
function apply(cwd: string): typeof rendered {
  const terraform = (...args: readonly string[]) =>
    execFileSync("terraform", args, { cwd, encoding: "utf8", env: { ...process.env, CHECKPOINT_DISABLE: "1" } });
  terraform("init", "-input=false");
  terraform("apply", "-input=false", "-auto-approve");
  const outputs = JSON.parse(terraform("output", "-json")) as Record<keyof typeof rendered, { value: string }>;
  const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
  return { id: outputs.id.value, plain: text(outputs.plain.value), multipart: text(outputs.multipart.value) };
}

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

function expectNode(cloudConfig: string): void {
  const { write_files, runcmd } = parse(cloudConfig) as CloudConfig;
  const { id } = rendered;
  expect(cloudConfig).toMatch(/^#cloud-config\n/);
  expect(write_files).toEqual([
    { path: "/etc/swarm-node/node.json", owner: "root:root", permissions: "0600", content: expect.any(String) },
  ]);
  expect(JSON.parse(write_files[0]?.content ?? "")).toEqual(
    nodeSettings({ nonce: id, labels: { awkward: AWKWARD, mixed: `a-${id}` } }),
  );
  expect(runcmd).toEqual([["systemctl", "start", "--no-block", "swarm-node.service"]]);
}

test("fails when a node would read other settings than it was given", () => {
  expectNode(rendered.plain);
});

test("fails when a snippet changes, or changes what the node reads", () => {
  const [, script = "", snippet = "", node = ""] = rendered.multipart.split(/^--swarm-node(?:--)?$/m);
  const content = (part: string) => Buffer.from(part.split("\n\n")[1] ?? "", "base64").toString("utf8");

  expect(script).toContain("Content-Type: text/x-shellscript");
  expect(content(script)).toBe(SCRIPT);
  expect(content(snippet)).toBe("#cloud-config\npackages: [jq]\n");
  expectNode(content(node));
});

test("fails when a list of the user's replaces the one that starts the agent", () => {
  const mergeTypes = rendered.multipart.match(/^Merge-Type: .*$/gm);

  expect(mergeTypes).toHaveLength(3);
  for (const each of mergeTypes ?? []) expect(each).toContain("list(append)+dict(no_replace,recurse_list)");
});
