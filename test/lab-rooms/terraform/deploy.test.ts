import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CommandResult, RunCommand } from "../../../lib/lab/machine/command";
import { deploy } from "../../../lib/lab/terraform/deploy";
import { directoryWith } from "../../cli/support";

/** A project whose cdktf ends with 0, and whose Terraform ends its plan like this; and what was run. */
function project(
  plan: Partial<CommandResult>,
  printed = "Apply complete! Resources: 3 added, 0 changed, 0 destroyed.",
) {
  const directory = directoryWith({
    "package.json": "{}",
    "cdktf.json": "{}",
    "cdktf.out/stacks/dev/cdk.tf.json": "{}",
  });
  symlinkSync(join(process.cwd(), "node_modules"), join(directory, "node_modules"));
  const runs: { readonly words: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string }[] = [];
  const run: RunCommand = async (program, args, { env, cwd, onLine } = {}) => {
    runs.push({ words: [program, ...args], env, cwd });
    if (args.includes("deploy")) onLine?.(printed);
    return { code: 0, stdout: "", stderr: "", ...(args.includes("plan") ? plan : {}) };
  };
  const env = { AWS_ENDPOINT_URL: "http://lab" };
  const logFile = join(directory, ".lab", "deploy.log");
  const options = { run, projectDirectory: directory, environment: "dev", env, logFile, onLine: () => {} };
  return { directory, runs, options };
}

test("a deploy to the lab is proven by a plan without changes, made with the lab's own settings", async () => {
  const { directory, runs, options } = project({ code: 0 });

  expect(await deploy(options)).toEqual({ changed: true });

  expect(runs[1]).toMatchObject({ env: options.env, cwd: join(directory, "cdktf.out", "stacks", "dev") });
  expect(runs[1]?.words).toEqual(expect.arrayContaining(["terraform", "plan", "-refresh=false", "-detailed-exitcode"]));
});

test("a deploy to the lab fails when Terraform was killed, though cdktf ends with 0", async () => {
  const { options } = project({ code: 2, stdout: "Plan: 3 to add, 1 to change, 0 to destroy.\n" });

  await expect(deploy(options)).rejects.toMatchObject({
    code: "DeployFailed",
    message: expect.stringContaining("dev was not applied to its end"),
  });
});

test("a deploy to the lab fails when nothing can be proven, with what Terraform says", async () => {
  const { options } = project({ code: 1, stderr: "Error acquiring the state lock" });

  await expect(deploy(options)).rejects.toThrow("Terraform cannot tell:\nError acquiring the state lock");
});
