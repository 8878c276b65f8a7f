import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TerraformStack } from "cdktf";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../lib/errors";
import { createApp } from "../../stacks/app";

const root = resolve(__dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-app-"));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** Writes an environment's file; `change` makes it another, or a faulty one. */
function environment(name: string, change = (text: string) => text): void {
  mkdirSync(join(folder, "stacks", "environments"), { recursive: true });
  const text = [
    `environment: ${name}`,
    "region: eu-west-1",
    "network: { cidr: 10.20.0.0/16, availabilityZones: [eu-west-1a] }",
    "image: { id: ami-0123456789abcdef0 }",
  ].join("\n");
  writeFileSync(join(folder, "stacks", "environments", `${name}.yaml`), change(text));
}

const stacks = (env: Record<string, string> = {}, cwd = folder) =>
  createApp({ cwd, env, app: { outdir: join(folder, "out") } })
    .node.children.filter(TerraformStack.isStack)
    .map(({ node }) => node.id);

test("fails when an environment of the project has no stack", () => {
  environment("one");
  environment("two");

  expect(stacks()).toEqual(["one", "two"]);
});

test("fails when others than the named environments are synthesized", () => {
  environment("one");
  environment("two", () => "broken: [");

  expect(stacks({ CDKTF_SWARM_ENVIRONMENTS: " one, " })).toEqual(["one"]);
});

test("fails when a name that no environment has is passed over", () => {
  environment("one");

  expect(() => stacks({ CDKTF_SWARM_ENVIRONMENTS: "one,prod" })).toThrow(
    /^CDKTF_SWARM_ENVIRONMENTS=one,prod: no environment "prod": .* the environments are one$/,
  );
});

test("fails when an environment that is named twice is synthesized twice", () => {
  environment("dev");

  expect(stacks({ CDKTF_SWARM_ENVIRONMENTS: "dev,dev" })).toEqual(["dev"]);
});

test("fails when a folder without environments comes to an app without stacks, or to another project's", () => {
  expect(() => stacks()).toThrow(/^there is no environment in /);
  mkdirSync(join(folder, "stacks", "environments"), { recursive: true });
  expect(() => stacks()).toThrow(/^there is no environment in /);
});

test("fails when the faults of a second file wait until the first is mended", () => {
  environment("one", (text) => text.replace("eu-west-1a", "us-east-1a"));
  environment("two", (text) => text.replace("10.20.0.0/16", "10.20.0.0"));

  let caught: unknown;
  try {
    stacks();
  } catch (error) {
    caught = error;
  }

  expect(caught).toBeInstanceOf(ConfigError);
  expect((caught as ConfigError).faults.map(({ file }) => file)).toEqual([
    expect.stringContaining("one.yaml"),
    expect.stringContaining("two.yaml"),
  ]);
});

describe("program", () => {
  let program: string;
  beforeAll(async () => {
    // Where `dist` has it, as deep, so that it finds the package's files.
    program = join(root, "node_modules", ".cache", "stacks-main-test", "main.cjs");
    await build({
      entryPoints: [join(root, "stacks", "main.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      packages: "external",
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(join(root, "node_modules", ".cache", "stacks-main-test"), { recursive: true, force: true }));

  const run = () => spawnSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });

  test("fails when faults are not one a line, come with a stack trace, or end well", () => {
    environment("one", (text) => text.replace("eu-west-1a", "us-east-1a").replace("ami-0123456789abcdef0", "nonsense"));

    const { status, stderr, stdout } = run();

    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^stacks\/environments\/one\.yaml:3:\d+ network\.availabilityZones\[0\]: /),
      expect.stringMatching(/^stacks\/environments\/one\.yaml:4:\d+ image\.id: /),
    ]);
  });

  test("fails when a folder without environments is a success", () => {
    const { status, stderr } = run();

    expect(status).toBe(2);
    expect(stderr).toMatch(/^there is no environment in stacks\/environments; /);
  });
});
