import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Project } from "../support/project";

const reach = readFileSync(join(__dirname, "../support/reach.py"), "utf8");

const METADATA = "169.254.169.254";

/** Who can talk to the Docker API on 2375, packet by packet. */
export function reachability(project: Project): void {
  const address: Record<string, string> = {};
  const reaches = (from: string, to: string, port = 2375): boolean =>
    project.tryExec(from, "python3", "-c", reach, address[to] ?? "", String(port)).status === 0;
  const containerReaches = (on: string, to: string, ...options: string[]): boolean => {
    const run = ["docker", "run", "--rm", ...options, "lab/python:1", "/usr/bin/python3", "-c", reach];
    const result = project.tryExec(on, ...run, address[to] ?? "", "2375");
    // Docker's own failures exit with 125 and more; they prove nothing about the network.
    if (result.status === null || result.status > 1) throw new Error(`${on}: ${result.stderr}`);
    return result.status === 0;
  };

  beforeAll(() => {
    const { hosts } = JSON.parse(project.swarm("lab", "status", "--json").stdout) as {
      hosts: { name: string; address: string }[];
    };
    for (const host of hosts) address[host.name] = host.address;
  });

  test("fails when a manager cannot use a worker's Docker API", () => {
    const api = `tcp://${address["general-0"]}:2375`;
    const version = project.exec("manager-0", "docker", "-H", api, "version", "--format", "{{.Server.Version}}");

    expect(version.trim()).toMatch(/^\d+\.\d+/);
  });

  test("fails when a worker's host reaches a manager's Docker API, or another worker's", () => {
    expect(reaches("general-0", "manager-0")).toBe(false);
    expect(reaches("general-0", "general-1")).toBe(false);
  });

  test("fails when a worker is refused the ports it needs (else the test above would prove nothing)", () => {
    expect(reaches("general-0", "manager-0", 2377)).toBe(true);
    expect(reaches("general-0", "general-1", 7946)).toBe(true);
  });

  test.each([
    ["on a worker, its own host's", "general-0", "general-0"],
    ["on a manager, its own host's", "manager-0", "manager-0"],
    ["on a manager, a worker's", "manager-0", "general-0"],
    ["on a manager, another manager's", "manager-0", "manager-1"],
  ])("fails when a container reaches a Docker API: %s", (_name, on, to) => {
    expect(containerReaches(on, to)).toBe(false);
    expect(containerReaches(on, to, "--network", "app")).toBe(false);
  });

  // The lab's own hop limit keeps answers from containers as well, so it is the firewall that is asked.
  test.each([[[]], [["--network", "app"]]])(
    "fails when the firewall lets a container call its node's metadata service: %j",
    (options) => {
      const run = ["docker", "run", "--rm", ...options, "lab/python:1", "/usr/bin/python3"];
      const before = droppedMetadataCalls(project);

      const asked = project.tryExec("manager-0", ...run, "-c", reach, METADATA, "80");

      expect(asked.status, asked.stderr).toBe(1);
      expect(droppedMetadataCalls(project)).toBeGreaterThan(before);
      expect(project.tryExec("manager-0", "python3", "-c", reach, METADATA, "80").status).toBe(0);
    },
  );

  test("fails when something outside the cluster reaches a Docker API", async () => {
    for (const node of ["manager-0", "general-0"]) expect(await opens(address[node] ?? "", 2375)).toBe(false);
  });
}

/** How many packets to the metadata service the firewall of a manager has dropped. */
function droppedMetadataCalls(project: Project): number {
  const rules = project.exec("manager-0", "iptables", "-n", "-v", "-x", "-L", "DOCKER-USER");
  return Number(/^ *(\d+) .* DROP .* 169\.254\.169\.254 *$/m.exec(rules)?.[1]);
}

/** Whether a connection from this machine, which is no member of the cluster, opens within 2 seconds. */
function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 2000 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
