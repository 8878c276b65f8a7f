import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { directoryWith } from "./support";

/** The program as it is built and shipped. */
const PROGRAM = join(__dirname, "..", "..", "dist", "lib", "cli", "main.js");
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_EC2_METADATA_DISABLED: "true" };
const CLUSTER = ["--cluster", "apps", "--region", "eu-west-1"];

/** A server that takes requests and never answers; tells when the first has come. */
async function silentServer(): Promise<{ readonly endpoint: string; readonly asked: Promise<unknown> }> {
  const server = createServer(() => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: once(server, "connection") };
}

function start(args: readonly string[], env: Readonly<Record<string, string>>, stdio: "pipe" | "closed" = "pipe") {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: directoryWith({}),
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (stdio === "closed") {
    child.stdout.destroy();
    child.stderr.destroy();
  }
  return child;
}

async function end(child: ChildProcess): Promise<{ readonly code: number | null; readonly stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, stderr };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends a command that waits for an answer, with %i", async (signal, code) => {
  const { endpoint, asked } = await silentServer();
  const child = start(["status", ...CLUSTER], { ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint });
  const ended = end(child);
  await asked;

  child.kill(signal);

  expect(await ended).toEqual({ code, stderr: "error: interrupted\n" });
});

test("a registry that never answers is told at the time-out, and the AWS SDK says nothing of its own", async () => {
  const { endpoint } = await silentServer();
  const args = ["wait", ...CLUSTER, "--managers", "1", "--timeout", "3"];

  const { code, stderr } = await end(start(args, { ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint }));

  expect(code).toBe(1);
  expect(stderr).toContain("- swarm: the registry does not answer");
  expect(stderr).not.toMatch(/@smithy|@aws-sdk|\[ERROR\]/);
});

test("whoever closes the streams does not change the exit code", async () => {
  expect((await end(start(["status"], {}, "closed"))).code).toBe(2);
});

test("credentials that are missing are told as such, and what to do", async () => {
  const { endpoint } = await silentServer();
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: "true", HOME: "/nonexistent" };

  const { code, stderr } = await end(start(["status", ...CLUSTER], env));

  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: no AWS credentials were found, so that AWS was not asked .*: set AWS_PROFILE/);
});
