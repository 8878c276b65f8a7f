import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Ended, ProgramRun } from "../../lib/cli/child";
import { directoryWith, runCli } from "./support";

/** A project with cdktf, and the stack dev in its output. */
function project(output = "cdktf.out"): string {
  const settings = output === "cdktf.out" ? {} : { output };
  const cwd = directoryWith({
    "package.json": "{}",
    "cdktf.json": JSON.stringify(settings),
    [`${output}/stacks/dev/cdk.tf.json`]: "{}",
  });
  symlinkSync(join(process.cwd(), "node_modules"), join(cwd, "node_modules"));
  return cwd;
}

/** Programs that end one after another like this. */
function programs(...ends: readonly Partial<Ended>[]) {
  const runs: (ProgramRun & { readonly program: string })[] = [];
  const runProgram = async (program: string, run: ProgramRun): Promise<Ended> => {
    runs.push({ ...run, program });
    return { output: "", ...ends[runs.length - 1] };
  };
  return { runs, runProgram };
}

test("deploys with the options given, and proves by a plan that nothing is left", async () => {
  const cwd = project();
  const { runs, runProgram } = programs({ code: 0 }, { code: 0 });

  const outcome = await runCli(["deploy", "dev", "--auto-approve", "--parallelism", "4"], { cwd, runProgram });

  expect(outcome).toMatchObject({ code: 0, stdout: "applied, and proven by a plan without changes: dev\n" });
  expect(runs[0]?.args.slice(1)).toEqual(["deploy", "dev", "--auto-approve", "--parallelism", "4"]);
  expect(runs[1]).toMatchObject({ program: "terraform", cwd: join(cwd, "cdktf.out", "stacks", "dev") });
  expect(runs[1]?.args).toEqual(expect.arrayContaining(["plan", "-refresh=false", "-detailed-exitcode"]));
});

test("fails when Terraform was killed, though cdktf ends with 0", async () => {
  const output = "...\nPlan: 3 to add, 1 to change, 0 to destroy.\n";
  const { runProgram } = programs({ code: 0 }, { code: 2, output });

  const { code, stderr } = await runCli(["deploy", "dev"], { cwd: project(), runProgram });

  expect(code).toBe(1);
  expect(stderr).toContain("dev was not applied to its end");
  expect(stderr).toContain("(Plan: 3 to add, 1 to change, 0 to destroy.); deploy again");
});

test.each([
  ["a lock that the killed Terraform left", { code: 1, output: "Error acquiring the state lock" }, "state lock"],
  ["a Terraform that is killed again", {}, "Terraform cannot tell"],
])("fails when nothing can be proven: %s", async (_, plan, words) => {
  const { runProgram } = programs({ code: 0 }, plan);

  const { code, stderr } = await runCli(["deploy", "dev"], { cwd: project(), runProgram });

  expect(code).toBe(1);
  expect(stderr).toContain(words);
});

test("fails as cdktf fails, and plans nothing then", async () => {
  const { runs, runProgram } = programs({ code: 1 });

  const outcome = await runCli(["deploy", "dev"], { cwd: project(), runProgram });

  expect(outcome).toMatchObject({ code: 1, stderr: "error: cdktf deploy ended with 1\n" });
  expect(runs).toHaveLength(1);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("ends by %s with %i, whatever cdktf made of it", async (interruptedBy, code) => {
  const { runProgram } = programs({ code: 0, interruptedBy });

  expect((await runCli(["deploy", "dev"], { cwd: project(), runProgram })).code).toBe(code);
});

test("looks for the stack where cdktf.json says", async () => {
  const cwd = project("build");
  const { runs, runProgram } = programs({ code: 0 }, { code: 0 });

  await runCli(["deploy", "dev"], { cwd, runProgram });

  expect(runs[1]?.cwd).toBe(join(cwd, "build", "stacks", "dev"));
});

test("wants to know what to deploy", async () => {
  expect((await runCli(["deploy"], { cwd: project() })).code).toBe(2);
  expect((await runCli(["deploy", "nope"], { cwd: project(), ...programs({ code: 0 }) })).code).toBe(2);
});

test("plan and deploy of environments leave the warnings of all others out", async () => {
  const cwd = project();
  mkdirSync(join(cwd, "stacks", "environments"), { recursive: true });
  for (const name of ["dev", "two"]) writeFileSync(join(cwd, "stacks", "environments", `${name}.yaml`), "");
  const { runs, runProgram } = programs({ code: 0 }, { code: 0 }, { code: 0 });

  await runCli(["plan", "dev", "two"], { cwd, runProgram });
  await runCli(["plan", "dev", "network"], { cwd, runProgram });
  await runCli(["plan", "dev"], { cwd, runProgram, env: { CDKTF_SWARM_ENVIRONMENTS: "dev,two" } });

  expect(runs.map(({ args, env }) => [args.slice(1), env])).toEqual([
    [["diff", "dev", "two"], { CDKTF_SWARM_ENVIRONMENTS: "dev,two" }],
    [["diff", "dev", "network"], {}],
    [["diff", "dev"], {}],
  ]);
});
