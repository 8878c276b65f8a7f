import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Outcome, PACKER, run, scratchFolder } from "./support";

const TEMPLATE = "docker-host.pkr.hcl";

/** Packer without its calls home and its configuration. */
function packer(args: readonly string[], folder = scratchFolder()): Outcome {
  return run("packer", args, { CHECKPOINT_DISABLE: "1", PACKER_CONFIG_DIR: folder, PACKER_CACHE_DIR: folder });
}

/** A copy of the template for any Packer, after `edit`, with the files it uploads; its path. */
function renderedTemplate(edit: (text: string) => string = (text) => text): string {
  const folder = scratchFolder();
  for (const part of ["files", "scripts"]) cpSync(join(PACKER, part), join(folder, part), { recursive: true });
  for (const upload of ["agent", "node"]) writeFileSync(join(folder, upload), "");
  const text = readFileSync(join(PACKER, TEMPLATE), "utf8");
  const portable = text.replace(/^ *# plugin-only begin\n[\s\S]*?# plugin-only end\n/gm, "");
  writeFileSync(join(folder, TEMPLATE), edit(portable));
  return join(folder, TEMPLATE);
}

function validate(template: string, ...variables: string[]): Outcome {
  const folder = join(template, "..");
  const files = [`agent_bundle=${join(folder, "agent")}`, `node_runtime=${join(folder, "node")}`];
  return packer(["validate", ...[...files, ...variables].flatMap((value) => ["-var", value]), template]);
}

describe("the node image's template", () => {
  it("is formatted as Packer formats", () => {
    // WHEN
    const outcome = packer(["fmt", "-check", "-diff", PACKER]);
    // THEN
    expect(outcome).toMatchObject({ code: 0, stdout: "" });
  });

  it("parses with the lines that only the plugin knows", () => {
    // WHEN
    const outcome = packer(["validate", "-syntax-only", join(PACKER, TEMPLATE)]);
    // THEN
    expect(outcome).toMatchObject({ code: 0 });
  });

  it.each(["architecture=amd64", "architecture=arm64", "docker_channel=distribution"])(
    "validates with %s",
    (variable) => {
      // GIVEN
      const template = renderedTemplate();
      // WHEN
      const outcome = validate(template, variable);
      // THEN
      expect(outcome).toMatchObject({ code: 0, stderr: "" });
    },
  );

  it("refuses an architecture it has no source image for", () => {
    // WHEN
    const outcome = validate(renderedTemplate(), "architecture=riscv64");
    // THEN
    expect(outcome.code).not.toBe(0);
    expect(outcome.stdout + outcome.stderr).toContain("must be amd64 or arm64");
  });

  it("takes its source only from a named owner", () => {
    // GIVEN a template that would take anyone's image called debian-12
    const template = renderedTemplate((text) => text.replace(/^ *owners .*\n/m, ""));
    // WHEN
    const outcome = validate(template);
    // THEN
    expect(outcome.code).not.toBe(0);
  });

  it("asks for tokens at the metadata service, on the build machine and on instances of the image", () => {
    // WHEN
    const text = readFileSync(join(PACKER, TEMPLATE), "utf8");
    // THEN
    expect(text).toMatch(/http_tokens\s*= "required"/);
    expect(text).toMatch(/http_put_response_hop_limit = 1/);
    expect(text).toMatch(/imds_support = "v2.0"/);
  });

  it("runs every provisioning script there is", () => {
    // GIVEN
    const text = readFileSync(join(PACKER, TEMPLATE), "utf8");
    // WHEN
    const numbered = readdirSync(join(PACKER, "scripts"))
      .filter((name) => /^\d.*\.sh$/.test(name))
      .sort();
    // THEN
    const used = [...text.matchAll(/\/scripts\/([\w-]+\.sh)"/g)].map((match) => match[1]);
    expect(used.filter((name) => /^\d/.test(name ?? ""))).toEqual(numbered);
    expect(used).toContain("check-kernel.sh");
  });
});
