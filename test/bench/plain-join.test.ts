import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

/** Runs the script against a `docker` that writes down what it is asked and knows three Ready nodes. */
function run(...args: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "cdktf-swarm-plain-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const docker = `#!/bin/sh
echo "$*" >>"$CALLS"
case $* in
  *"join-token --quiet manager") echo M ;;
  *"join-token --quiet worker") echo W ;;
  *"node ls"*) printf 'Ready Leader\\nReady Reachable\\nReady \\n' ;;
esac
`;
  writeFileSync(join(directory, "docker"), docker);
  chmodSync(join(directory, "docker"), 0o755);
  const calls = join(directory, "calls");
  execFileSync(resolve("bench", "plain-join.sh"), args, {
    env: { ...process.env, PATH: `${directory}:${process.env["PATH"]}`, CALLS: calls },
  });
  return readFileSync(calls, "utf8").trimEnd().split("\n");
}

describe("plain-join.sh", () => {
  test("joins managers with the managers' token and workers with theirs", () => {
    const on = "-H unix:///s exec";
    expect(run("join", "/s", "2", "a=10.0.0.1", "b=10.0.0.2", "c=10.0.0.3").slice(0, 5)).toEqual([
      `${on} a docker swarm init --advertise-addr 10.0.0.1`,
      `${on} a docker swarm join-token --quiet manager`,
      `${on} a docker swarm join-token --quiet worker`,
      `${on} b docker swarm join --token M 10.0.0.1:2377`,
      `${on} c docker swarm join --token W 10.0.0.1:2377`,
    ]);
  });

  test("stops every agent before any host leaves, as agents would take them back", () => {
    const actions = run("prepare", "/s", "a=1", "b=2").map((call) => call.replace("-H unix:///s exec ", ""));
    expect(actions).toEqual([
      "a systemctl stop swarm-node",
      "b systemctl stop swarm-node",
      "a docker swarm leave --force",
      "b docker swarm leave --force",
    ]);
  });
});
