import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { cluster } from "../operations/fixtures";
import { DEV_YAML, directoryWith, project, registry, runCli } from "./support";

describe("the command line", () => {
  test("prints help on request, to stdout, and ends with 0", async () => {
    const { code, stdout, stderr } = await runCli(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["validate", "status", "wait", "managers", "lab"]) expect(stdout).toContain(`  ${name}`);
  });

  test("prints the package's version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test.each([
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["status"], "which cluster? Write its environment's name"],
    [["status", "dev", "--nonsense"], "unknown option '--nonsense'"],
    [["wait", "--table", "t", "--region", "r"], "how many managers? Write --managers COUNT"],
    [["wait", "--table", "t", "--region", "r", "--managers", "three"], "--managers three: write a whole number"],
    [["wait", "--table", "t", "--region", "r", "--managers", "9".repeat(20)], "write a whole number from 0 to 99"],
    [["wait", "dev", "--table", "t", "--region", "r"], "--table t: write it instead of ENV and --cluster"],
    [
      ["wait", "--table", "t", "--region", "r", "--managers", "3", "--pool", "general"],
      "--pool general: write NAME=COUNT",
    ],
    [["lab", "exec", "manager-0"], "missing required argument 'CMD'"],
  ])("ends with 2 and says why for: %j", async (args, words) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("shows the stack of an error only with --debug", async () => {
    // GIVEN
    const failing = { labDown: () => Promise.reject(new TypeError("oops", { cause: new Error("deep") })) };
    // WHEN
    const plain = await runCli(["lab", "down"], { lab: failing });
    const debug = await runCli(["lab", "down", "--debug"], { lab: failing });
    // THEN
    expect(plain).toMatchObject({
      code: 1,
      stderr: "error: oops\nthis is unexpected; run again with --debug for the stack\n",
    });
    expect(debug.stderr).toMatch(/^error: oops\nTypeError: oops\n {4}at .*caused by: Error: deep/s);
  });

  test("starts without loading the AWS SDK, the lab, zod or tables", () => {
    // GIVEN everything that is imported before a command is chosen
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, from] of readFileSync(file, "utf8").matchAll(
        /^(?:import (?!type)|export (?!type)).*?from "([^"]+)";/gm,
      )) {
        if (from?.startsWith(".")) visit(`${join(dirname(file), from)}.ts`);
        else if (from !== undefined) packages.add(from);
      }
    };
    visit("lib/cli/main.ts");
    // THEN
    expect([...packages].filter((name) => !name.startsWith("node:")).sort()).toEqual(["commander", "picocolors"]);
    expect([...seen].filter((file) => !file.startsWith("lib/cli/"))).toEqual([
      "lib/errors.ts",
      "lib/error-codes.ts",
      "lib/operator-commands.ts",
    ]);
  });
});

describe("wait", () => {
  const wait = ["wait", "--table", "apps-registry", "--region", "eu-west-1", "--managers", "3", "--pool", "general=2"];

  test("ends with 0 and one line when the swarm is Ready", async () => {
    const outcome = await runCli(wait, { registry: registry() });
    expect(outcome).toMatchObject({
      code: 0,
      stdout: "swarm apps is Ready after 0 s: 3 managers (leader 10.20.0.10), 2 workers\n",
      opened: [{ table: "apps-registry", region: "eu-west-1" }],
    });
    expect(outcome.stderr).toContain("   0 s  slot 1: Ready, reachable, 10.20.1.10\n");
  });

  test("wants every pool it was told of", async () => {
    const outcome = await runCli([...wait, "--pool", "gpu=1", "--timeout", "0"], { registry: registry() });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("- pool gpu: 0 of 1 workers Ready (1 not joined yet)");
  });

  test("names the way to the logs of AWS, and the lab's where the endpoint is the lab's", async () => {
    const world = { registry: registry(cluster([], { phase: "forming" })) };
    const aws = await runCli([...wait, "--timeout", "0"], world);
    const lab = await runCli([...wait, "--timeout", "0"], {
      ...world,
      env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    });
    expect(aws.stderr).toContain("aws autoscaling describe-scaling-activities --region eu-west-1");
    expect(lab.stderr).toContain("cdktf-swarm lab exec manager-0");
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("ends by %s with %i", async (signal, code) => {
    const world = { registry: registry(undefined), signal: AbortSignal.abort(signal) };
    expect(await runCli(wait, world)).toMatchObject({
      code,
      stderr: "error: interrupted before the swarm was Ready\n",
    });
  });
});

describe("status", () => {
  const lab = {
    labEnvironment: async () => ({
      AWS_ENDPOINT_URL: "http://lab",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "s",
    }),
  };

  test("asks AWS in the environment's region for the cluster's table", async () => {
    const outcome = await runCli(["status", "dev"], { cwd: project(), registry: registry() });
    expect(outcome).toMatchObject({ code: 0, stderr: "", opened: [{ table: "dev-registry", region: "us-east-1" }] });
    expect(outcome.stdout).toContain("quorum: 3 managers, 3 reachable, 2 needed, 1 may be lost");
  });

  test("prints JSON that a program can read", async () => {
    const { stdout } = await runCli(["status", "dev", "--json"], { cwd: project(), registry: registry() });
    expect(JSON.parse(stdout)).toMatchObject({ environment: "dev", cluster: "dev", phase: "ready", faults: [] });
  });

  test("says so when EC2 may not be asked, and shows the rest", async () => {
    const instances = { states: () => Promise.reject(new Error("UnauthorizedOperation")) };
    const outcome = await runCli(["status", "dev"], { cwd: project(), registry: registry(), instances });
    expect(outcome).toMatchObject({
      code: 0,
      stderr: "EC2 was not heard on the managers' instances: UnauthorizedOperation\n",
    });
    expect(outcome.stdout).toContain("faults: none");
  });

  test("asks the lab when one is there, and says so", async () => {
    const cwd = project({ ".lab/state.json": "{}" });
    const outcome = await runCli(["status", "dev"], { cwd, registry: registry(), lab });
    expect(outcome.stderr).toBe("asking the lab at http://lab (--aws asks AWS)\n");
    expect(outcome.opened).toEqual([
      {
        table: "dev-registry",
        region: "us-east-1",
        endpoint: "http://lab",
        credentials: { accessKeyId: "a", secretAccessKey: "s" },
      },
    ]);
  });

  test.each([
    ["with --aws", ["--aws"], {}],
    ["when the shell says where AWS is", [], { AWS_ENDPOINT_URL: "http://other" }],
  ])("does not ask the lab %s", async (_, options, env) => {
    const cwd = project({ ".lab/state.json": "{}" });
    const outcome = await runCli(["status", "dev", ...options], { cwd, registry: registry(), lab, env });
    expect(outcome).toMatchObject({ code: 0, stderr: "", opened: [{ table: "dev-registry", region: "us-east-1" }] });
  });

  test("ends with 2 for an environment that is not there, and names those that are", async () => {
    const outcome = await runCli(["status", "production"], { cwd: project() });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('no environment "production"');
    expect(outcome.stderr).toContain("the environments are dev");
  });

  test("ends with 1 for a cluster that is not deployed", async () => {
    const missing = Object.assign(new Error("no"), { name: "ResourceNotFoundException" });
    const outcome = await runCli(["status", "dev"], {
      cwd: project(),
      registry: { ...registry(), getCluster: () => Promise.reject(missing) },
    });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^error: cluster dev is not deployed/);
  });
});

describe("validate", () => {
  const EVEN = DEV_YAML.replace("environment: dev", "environment: even").replace("count: 3", "count: 4");

  test("checks all environments of the project and ends with 0", async () => {
    const outcome = await runCli(["validate"], { cwd: project() });
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/dev\.yaml: valid \(3 managers and 2 workers in 3 zones of us-east-1\)\n$/);
  });

  test("names every fault of every file with its place, and ends with 2", async () => {
    // GIVEN
    const cwd = project({ "stacks/environments/even.yaml": EVEN, "other.yaml": "environment: other\nregoin: x\n" });
    // WHEN
    const { code, stderr } = await runCli(["validate", "even", "dev", "./other.yaml"], { cwd });
    // THEN
    expect(code).toBe(2);
    expect(stderr).toMatch(/even\.yaml:6:\d+ managers\.count: /);
    expect(stderr).toMatch(/other\.yaml:2:1 regoin: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    ["a file that is not there", "missing/dev.yaml", "missing/dev.yaml: no such file"],
    ["an environment that is not there", "nope", 'no environment "nope"'],
  ])("ends with 2 for %s", async (_, target, words) => {
    const outcome = await runCli(["validate", target], { cwd: project() });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(words);
  });

  test("goes on to the other files where one is no file, and says of none that it is valid beside its twin", async () => {
    // GIVEN
    const cwd = project({ "stacks/environments/x.yaml/inside": "", "stacks/environments/dev.yml": DEV_YAML });
    // WHEN
    const { code, stdout, stderr } = await runCli(["validate"], { cwd });
    // THEN
    expect(code).toBe(2);
    expect(stdout).toMatch(/^.*dev\.yaml: valid .*\n$/);
    expect(stderr).toMatch(/x\.yaml:1:1: must be a file that can be read, got a folder\n/);
    expect(stderr).toMatch(/dev\.yml:1:1: must be the only file of its environment/);
  });

  test("sends no control characters to the terminal", async () => {
    const { stderr } = await runCli(["validate", "\u001b[2J"], { cwd: project() });
    expect(stderr).not.toContain("\u001b");
  });

  test("ends with 2 where there is nothing to validate", async () => {
    expect((await runCli(["validate"], { cwd: directoryWith({}) })).code).toBe(2);
  });
});
