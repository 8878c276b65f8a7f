import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composition } from "./cases/composition";
import { faults, formations } from "./cases/faults";
import { formation } from "./cases/formation";
import { idleCost } from "./cases/idle";
import { lifecycle } from "./cases/lifecycle";
import { lockedSwarm } from "./cases/locked";
import { managerToken } from "./cases/manager-token";
import { metrics } from "./cases/metrics";
import { permissions } from "./cases/permissions";
import { reachability } from "./cases/reach";
import { secrets } from "./cases/secrets";
import { DEV } from "./faults/case";
import { devFormation } from "./faults/cases/formation";
import { runCase } from "./faults/run-case";
import { Scene } from "./faults/scene";
import { keepLabOfFailures } from "./support/evidence";
import { leftBehind, machineState } from "./support/machine";
import { Project } from "./support/project";
import { commandLines, placesWithToken } from "./support/tokens";

// One lab for all cases, in this order: each needs what the ones above left standing.
describe("the lab, from an environment file to a Ready swarm and back", () => {
  const project = Project.create();
  const before = machineState();
  const seenOnCommandLine = new Set<string>();

  beforeAll(async () => {
    const watch = setInterval(() => {
      for (const place of placesWithToken(commandLines())) seenOnCommandLine.add(place);
    }, 200);
    const { faults } = await runCase(devFormation, new Scene(project, DEV));
    clearInterval(watch);
    expect(faults).toEqual([]);
  });

  afterAll(() => {
    project.swarm("lab", "down");
    project.dispose();
  });
  keepLabOfFailures(project);

  describe("formation", () => formation(project));
  describe("what a node's credentials open", () => permissions(project));
  describe("who reaches the Docker API", () => reachability(project));
  describe("who gets at a manager's token", () => managerToken(project));
  describe("what an agent tells Prometheus", () => metrics(project));
  describe("what idling costs", () => idleCost(project));
  describe("what a fault does", () => faults(project));
  describe("secrets", () => secrets(project, () => [...seenOnCommandLine]));
  describe("life cycle", () => lifecycle(project));
  describe("three stacks", () => composition(project));

  test("fails when down leaves a process, address, route or firewall rule behind", () => {
    const down = project.swarm("lab", "down");

    expect(down.status, down.stderr).toBe(0);
    expect(leftBehind(before)).toEqual([]);
  });

  test("fails when down leaves something behind after up was killed half-way", async () => {
    const events = join(project.directory, ".lab/events.jsonl");
    rmSync(events, { force: true }); // those of the lab before
    const up = spawn(process.execPath, [join(project.directory, "dist/lib/cli/main.js"), "lab", "up", "dev"], {
      cwd: project.directory,
      stdio: "ignore",
      detached: true,
    });
    // Half-way: hosts are booting, and Terraform is still at work.
    const booting = () => existsSync(events) && readFileSync(events, "utf8").includes("container-started");
    for (let waited = 0; !booting() && waited < 600; waited++) await sleep(200);
    if (up.pid !== undefined) process.kill(up.pid, "SIGKILL");

    const down = project.swarm("lab", "down");

    expect(down.status, down.stderr).toBe(0);
    await sleep(1000);
    expect(leftBehind(before)).toEqual([]);
  });

  describe("the largest swarm this machine forms", formations);
});

describe("a locked swarm", () => {
  const locked = Project.create();
  beforeAll(() => {
    locked.edit(/^image:/m, "swarm:\n  autolock: true\nimage:");
    locked.edit(/desired: 2\b/, "desired: 0");
    const up = locked.swarm("lab", "up", "dev");
    if (up.status !== 0) throw new Error(`lab up exited with ${up.status}\n${up.stdout}${up.stderr}`);
  });
  afterAll(() => {
    locked.swarm("lab", "down");
    locked.dispose();
  });
  keepLabOfFailures(locked);

  lockedSwarm(locked);
});
