import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { UserDataSnippet } from "../../lib/nodes";
import { estimateBytes, USER_DATA_LIMIT_BYTES, UserData } from "../../lib/nodes/user-data";
import type { NodeSettings } from "../../lib/registry";
import { TerraformData } from "../../lib/terraform-data";
import { nodeSettings } from "../support/node-group";
import { reference, synth } from "../support/synth";

const SCRIPT = '#!/bin/sh\ncurl -w "%{http_code}" "${URL}"\n';

function userData(settings: NodeSettings, snippets?: readonly UserDataSnippet[]) {
  return synth((scope) => {
    const { base64 } = new UserData(scope, "UserData", { settings, snippets });
    new TerraformOutput(scope, "Out", { value: base64 });
  });
}

const output = (stack: ReturnType<typeof userData>) => (stack.json.output as { Out: { value: string } }).Out.value;
const local = (stack: ReturnType<typeof userData>, name: string) =>
  Object.entries(stack.json.locals as Record<string, unknown>).find(([key]) => key.includes(name))?.[1];

describe("settings", () => {
  test("fails when a setting does not reach the template", () => {
    const stack = userData(nodeSettings());

    expect(local(stack, "Settings")).toEqual(nodeSettings());
    expect(output(stack)).toMatch(
      /^\$\{base64encode\(templatefile\(".*user-data\.yaml\.tpl", \{.*local\.\w+Settings\w+\}\)\)\}$/,
    );
  });

  test("fails when a reference in the settings is not one in what Terraform reads", () => {
    const stack = synth((scope) => {
      const { id } = new TerraformData(scope, "Nonce", { triggersReplace: {} });
      new UserData(scope, "UserData", { settings: nodeSettings({ nonce: id, labels: { mixed: `a-${id}` } }) });
    });

    const nonce = reference(stack.resource("terraform_data"), "id");
    expect(local(stack, "Settings")).toMatchObject({ nonce, labels: { mixed: `a-${nonce}` } });
  });

  test("fails when Terraform takes text in a setting for an expression or a directive", () => {
    const stack = userData(nodeSettings({ labels: { "${key}": "${value} %{if}" } }));

    expect(local(stack, "Settings")).toMatchObject({ labels: { "$${key}": "$${value} %%{if}" } });
  });

  test("fails when something absent is written as null", () => {
    const stack = userData(nodeSettings({ efs: undefined }));

    expect(Object.keys(local(stack, "Settings") as object)).not.toContain("efs");
  });
});

describe("snippets", () => {
  test("fails when Terraform or MIME could take a part of a snippet for its own", () => {
    const stack = userData(nodeSettings(), [UserDataSnippet.shellScript(SCRIPT)]);

    expect(local(stack, "Snippets")).toEqual([
      { name: "part-00", type: "text/x-shellscript", content: Buffer.from(SCRIPT).toString("base64") },
    ]);
    expect(output(stack)).toContain("user-data.mime.tpl");
  });

  test("fails when scripts run in another order, or after the agent is started", () => {
    const scripts = Array.from({ length: 11 }, () => UserDataSnippet.shellScript(SCRIPT));

    const names = (local(userData(nodeSettings(), scripts), "Snippets") as { name: string }[]).map(({ name }) => name);

    // cloud-init sorts scripts by name; the agent's start is `runcmd`.
    expect([...names, "runcmd"].sort()).toEqual([...names, "runcmd"]);
  });

  test("fails when a snippet cloud-init would not know is let through", () => {
    const snippets = [UserDataSnippet.shellScript("echo hi"), UserDataSnippet.cloudConfig("runcmd: []")];

    expect(() => userData(nodeSettings(), snippets)).toThrow(
      /stack\/UserData: .*\n- userDataSnippets\[0\] must begin with "#!", as a shell script does, got "echo hi"\n- userDataSnippets\[1\] must begin with "#cloud-config"/s,
    );
  });

  test.each([null, "#!/bin/sh", {}])("fails when %j is taken for a snippet", (value) => {
    expect(() => userData(nodeSettings(), [value as never])).toThrow(/must be a UserDataSnippet, got/);
  });

  test("fails when a reference in a snippet is encoded into nonsense", () => {
    const build = () =>
      synth((scope) => {
        const { id } = new TerraformData(scope, "Nonce", { triggersReplace: {} });
        const snippets = [UserDataSnippet.shellScript(`#!/bin/sh\necho ${id}`)];
        new UserData(scope, "UserData", { settings: nodeSettings(), snippets });
      });

    expect(build).toThrow(/userDataSnippets\[0\] refers to a resource.*node\.json/);
  });
});

describe("size", () => {
  test("fails when user data that AWS refuses is found out only there", () => {
    const snippet = UserDataSnippet.shellScript(`#!/bin/sh\n# ${"x".repeat(USER_DATA_LIMIT_BYTES)}`);

    expect(() => userData(nodeSettings(), [snippet])).toThrow(/user data must be at most 16384 bytes, got about \d+/);
  });

  test("fails when what Terraform writes longer than JSON does is counted short", () => {
    const plain = estimateBytes(nodeSettings({ labels: { a: "aaaa" } }), []);
    const longer = estimateBytes(nodeSettings({ labels: { a: "<>&<" } }), []);

    expect(longer - plain).toBe(4 * ("\\\\u003c".length - 1));
  });
});
