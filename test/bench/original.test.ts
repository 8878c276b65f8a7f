import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

/** Stands for docker, npx, node and the CLI: writes down what it is asked, and knows three Ready nodes. */
const PROGRAM = `#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
case $* in
  *"join-token --quiet manager") echo M ;;
  *"join-token --quiet worker") echo W ;;
  *"node ls"*) printf 'Ready Leader\\nReady Reachable\\nReady \\n' ;;
esac
`;

function run(...args: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-original-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ["docker", "npx", "node"]) {
    writeFileSync(join(directory, name), PROGRAM);
    chmodSync(join(directory, name), 0o755);
  }
  const calls = join(directory, "calls");
  execFileSync(resolve("bench", "original.sh"), args, {
    env: { ...process.env, PATH: `${directory}:${process.env["PATH"]}`, CALLS: calls },
  });
  return readFileSync(calls, "utf8").trimEnd().replaceAll("docker -H unix:///s exec ", "on ").split("\n");
}

const HOSTS = ["manager-0=a=10.0.0.1", "manager-1=b=10.0.0.2", "general-0=c=10.0.0.3"];

describe("original.sh", () => {
  test("launches one manager, then all others with its tokens by a second apply, and joins them one by one", () => {
    expect(run("form", "/s", "cli", "2", ...HOSTS)).toEqual([
      "node cli lab fault start manager-0",
      "on a docker info --format {{.ID}}",
      "on a docker swarm init --advertise-addr 10.0.0.1",
      "on a docker swarm join-token --quiet manager",
      "on a docker swarm join-token --quiet worker",
      "node cli lab env",
      "npx --no -- cdktf deploy dev --auto-approve",
      "node cli lab fault start manager-1 general-0",
      "on b docker info --format {{.ID}}",
      "on c docker info --format {{.ID}}",
      "on b docker swarm join --token M --advertise-addr 10.0.0.2 10.0.0.1:2377",
      "on c docker swarm join --token W --advertise-addr 10.0.0.3 10.0.0.1:2377",
      "on a docker node ls --format {{.Status}} {{.ManagerStatus}}",
    ]);
  });

  test("takes every agent away before any host leaves, and turns the hosts off at last", () => {
    expect(run("prepare", "/s", "cli", ...HOSTS)).toEqual([
      "on a systemctl disable --now swarm-node",
      "on b systemctl disable --now swarm-node",
      "on c systemctl disable --now swarm-node",
      "on a docker swarm leave --force",
      "on b docker swarm leave --force",
      "on c docker swarm leave --force",
      "node cli lab fault kill --all",
    ]);
  });
});
