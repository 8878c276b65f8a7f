import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Project } from "../support/project";

const script = (name: string) => readFileSync(join(__dirname, "../support", name), "utf8");
const HUNT = script("hunt-token.py");
const ASK_SWARM = script("ask-swarm.sh");
const MANAGERS = ["manager-0", "manager-1", "manager-2"] as const;
const WORKER = "general-0";
/** Swarm's own ports: those of the managers' API and of the gossip among nodes. */
const OPEN_TO_WORKERS = [2377, 7946];
const TOKEN = /SWMTKN|SWMKEY/;
const DENIED = /grpc-status: 7\b.*grpc-message: Permission denied/s;

interface Found {
  readonly address: string;
  readonly port: number;
  readonly over: "plain" | "tls";
  readonly answer: string;
}

/** Whether a worker, or a container on one, gets a manager's token out of any port of a manager that it can reach. */
export function managerToken(project: Project): void {
  const address: Record<string, string> = {};
  const hunt = (node: string, run: readonly string[], first: number, last: number, targets: readonly string[]) => {
    const addresses = targets.map((target) => address[target] ?? "");
    return JSON.parse(project.exec(node, ...run, "-c", HUNT, `${first}`, `${last}`, ...addresses)) as readonly Found[];
  };
  /** Calls a method of a manager's swarm API, with the certificate of the asking node or without any. */
  const askSwarm = (node: string, method: string, ...identity: "own"[]) =>
    project.tryExec(node, "bash", "-c", ASK_SWARM, "ask", address["manager-0"] ?? "", method, ...identity).stdout;

  beforeAll(() => {
    const { hosts } = JSON.parse(project.swarm("lab", "status", "--json").stdout) as {
      hosts: { name: string; address: string }[];
    };
    for (const host of hosts) address[host.name] = host.address;
  });

  test("fails when a token is not found where it is to be had: by a manager, on a manager's 2375", () => {
    // WHEN
    const found = hunt("manager-0", ["python3"], 2370, 2380, ["manager-1"]);

    // THEN
    const answers = found.filter(({ answer }) => TOKEN.test(answer)).map(({ port, over }) => `${port} ${over}`);
    expect(answers).toEqual(["2375 plain"]);
  });

  const container = ["docker", "run", "--rm"];
  test.each([
    ["a worker", ["python3"], MANAGERS],
    ["a container on a worker", [...container, "lab/python:1", "/usr/bin/python3"], MANAGERS.slice(0, 1)],
    [
      "a container on an overlay network",
      [...container, "--network", "app", "lab/python:1", "/usr/bin/python3"],
      MANAGERS.slice(0, 1),
    ],
  ])("fails when %s reaches a port of a manager that answers HTTP, or a token", (_, run, targets) => {
    // WHEN
    const found = hunt(WORKER, run, 1, 10_000, targets);

    // THEN
    expect([...new Set(found.map(({ port }) => port))].sort((a, b) => a - b)).toEqual(OPEN_TO_WORKERS);
    expect(found).toHaveLength(targets.length * OPEN_TO_WORKERS.length * 2);
    expect(found.filter(({ answer }) => TOKEN.test(answer) || /HTTP\/1/.test(answer))).toEqual([]);
  });

  test("fails when it is not the certificate's role that opens the swarm's API", () => {
    // WHEN: the same request from the same program, by a manager
    const byManager = askSwarm("manager-1", "docker.swarmkit.v1.Control/ListClusters", "own");
    const withoutCertificate = askSwarm("manager-1", "docker.swarmkit.v1.Control/ListClusters");

    // THEN
    expect(byManager).toMatch(TOKEN);
    expect(withoutCertificate).toMatch(DENIED);
  });

  test.each([
    "docker.swarmkit.v1.Control/ListClusters",
    "docker.swarmkit.v1.Control/GetCluster",
    "docker.swarmkit.v1.Control/UpdateCluster",
    "docker.swarmkit.v1.Control/UpdateNode",
    "docker.swarmkit.v1.CA/GetUnlockKey",
    "docker.swarmkit.v1.Watch/Watch",
    "docker.swarmkit.v1.Raft/ResolveAddress",
  ])("fails when a worker's certificate, or none, is good for %s", (method) => {
    for (const answer of [askSwarm(WORKER, method, "own"), askSwarm(WORKER, method)]) {
      expect(answer).toMatch(DENIED);
      expect(answer).not.toMatch(TOKEN);
    }
  });
}
