import { expect, test } from "vitest";
import { EXIT } from "../../lib/cli/exit-codes";
import { OperationError } from "../../lib/errors";
import { project, registry, runCli } from "./support";

/** The error that a command printed as JSON. */
function errorIn(stdout: string): { code: string; message: string; faults?: unknown } {
  return (JSON.parse(stdout) as { error: { code: string; message: string; faults?: unknown } }).error;
}

const missing = Object.assign(new Error("no"), { name: "ResourceNotFoundException" });
const notDeployed = { ...registry(), getCluster: () => Promise.reject(missing) };

test("with --json an error is JSON on stdout, with its code, and nothing is on stderr", async () => {
  const outcome = await runCli(["status", "dev", "--json"], { cwd: project(), registry: notDeployed });

  expect(outcome).toMatchObject({ code: EXIT.failed, stderr: "" });
  expect(errorIn(outcome.stdout)).toEqual({
    code: "NotDeployed",
    message: expect.stringContaining("cluster dev is not deployed"),
  });
});

test.each([
  ["an argument that is missing", ["status", "--json"], /missing required argument|which cluster/],
  ["an option that is not known", ["status", "dev", "--json", "--nonsense"], /unknown option '--nonsense'/],
  ["a number that is none", ["managers", "retire", "dev", "one", "--json"], /SLOT one: write a whole number/],
])("with --json the command line's own errors are JSON, too: %s", async (_, args, message) => {
  const { code, stdout, stderr } = await runCli(args, { cwd: project() });

  expect({ code, stderr }).toEqual({ code: EXIT.badInput, stderr: "" });
  expect(errorIn(stdout)).toEqual({ code: "InvalidArguments", message: expect.stringMatching(message) });
});

test("with --json the faults of a file are told one by one", async () => {
  const cwd = project({ "stacks/environments/bad.yaml": "environment: bad\nregoin: x\n" });

  const { code, stdout } = await runCli(["status", "bad", "--json"], { cwd });

  expect(code).toBe(EXIT.badInput);
  expect(errorIn(stdout).code).toBe("InvalidEnvironment");
  expect(errorIn(stdout).faults).toContainEqual(expect.objectContaining({ line: 2, column: 1, path: "regoin" }));
});

test("what nobody foresaw has a code, too", async () => {
  const broken = { ...registry(), getCluster: () => Promise.reject(new TypeError("oops")) };
  const failing = { labStatus: () => Promise.reject(new TypeError("oops")) };

  const { code, stdout } = await runCli(["lab", "status", "--json"], { lab: failing, registry: broken });

  expect(code).toBe(EXIT.failed);
  expect(errorIn(stdout)).toEqual({ code: "Unexpected", message: "oops" });
});

test("the --json of a command on a host is that command's", async () => {
  const failing = { labExec: () => Promise.reject(new OperationError("NoSuchHost", "there is no host x")) };

  const outcome = await runCli(["lab", "exec", "x", "docker", "info", "--json"], { lab: failing });

  expect(outcome).toMatchObject({ code: EXIT.badInput, stdout: "", stderr: "error: there is no host x\n" });
});

test("what fails because of a signal is told as interrupted", async () => {
  const signal = AbortSignal.abort("SIGTERM");
  const aborted = { ...registry(), getCluster: () => Promise.reject(new DOMException("aborted", "AbortError")) };

  const outcome = await runCli(["status", "dev"], { cwd: project(), registry: aborted, signal });

  expect(outcome).toMatchObject({ code: EXIT.terminated, stderr: "error: interrupted\n" });
});
