import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Project } from "../support/project";

interface Status {
  readonly phase: string;
  readonly quorum: { readonly members: number; readonly reachable: number };
  readonly nodes: readonly {
    readonly role: string;
    readonly slot?: number;
    readonly pool?: string;
    readonly az?: string;
    readonly state: string;
    readonly leader?: boolean;
    readonly reachability?: string;
    readonly agentVersion?: string;
  }[];
  readonly faults: readonly string[];
}

/** What `status dev --json` says. */
export function statusOf(project: Project): Status {
  const { stdout, stderr, status } = project.swarm("status", "dev", "--json");
  if (status !== 0) throw new Error(`status exited with ${status}\n${stdout}${stderr}`);
  return JSON.parse(stdout) as Status;
}

/** Three managers and two workers became one swarm, and its users can see it. */
export function formation(project: Project): void {
  test("fails when not every manager and worker is a Ready member over three zones", () => {
    const { nodes, phase, faults } = statusOf(project);

    const managers = nodes.filter(({ role }) => role === "manager");
    expect(phase).toBe("ready");
    expect(managers.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
    expect(managers.filter(({ leader }) => leader)).toHaveLength(1);
    expect(managers.filter(({ leader, reachability }) => !leader && reachability === "reachable")).toHaveLength(2);
    expect(nodes.filter(({ role }) => role === "worker")).toHaveLength(2);
    expect(nodes.map(({ state }) => state)).toEqual(["ready", "ready", "ready", "ready", "ready"]);
    expect(new Set(managers.map(({ az }) => az)).size).toBe(3);
    expect(faults).toEqual([]);
  });

  test("fails when Docker itself does not list five Ready nodes", () => {
    const states = project.exec("manager-0", "docker", "node", "ls", "--format", "{{.Status}}").trim().split("\n");

    expect(states).toEqual(["Ready", "Ready", "Ready", "Ready", "Ready"]);
  });

  test("fails when a node lacks the label of its zone, or of its slot or pool", () => {
    const ids = project.exec("manager-0", "docker", "node", "ls", "-q").trim().split("\n");
    const inspected = project.exec("manager-0", "docker", "node", "inspect", "--format", "{{json .Spec}}", ...ids);
    const specs = inspected
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { Role: string; Labels: Record<string, string> });

    for (const { Role, Labels } of specs) {
      expect(Labels["az"]).toMatch(/^us-east-1[abc]$/);
      expect(Role === "manager" ? Labels["slot"] : Labels["pool"]).toMatch(
        Role === "manager" ? /^[012]$/ : /^general$/,
      );
    }
  });

  test("fails when replicas on different hosts do not answer each other over an overlay network", async () => {
    const nodes = ["manager-0", "manager-1", "manager-2", "general-0", "general-1"];
    const script = (name: string) => readFileSync(join(__dirname, "../support", name), "utf8");
    for (const node of nodes) project.exec(node, "sh", "-c", script("import-image.sh"), "sh", "lab/python:1");
    const image = ["lab/python:1", "/usr/bin/python3", "-c"];

    project.exec("manager-0", "docker", "network", "create", "--driver", "overlay", "--attachable", "app");
    project.exec(
      "manager-0",
      ...["docker", "service", "create", "--detach", "--name", "web", "--replicas", "3", "--network", "app"],
      ...["--endpoint-mode", "dnsrr", "--no-resolve-image", "--replicas-max-per-node", "1", ...image],
      script("answer-hostname.py"),
    );
    const ask = ["docker", "run", "--rm", "--network", "app", ...image, script("ask-replicas.py")];
    const answers = await until(60, () => {
      const { stdout } = project.tryExec("general-0", ...ask);
      const names = stdout.trim().split("\n");
      return new Set(names).size === 3 ? names : undefined;
    });

    const running = ["--filter", "desired-state=running", "--format", "{{.Node}}"];
    const hosts = project.exec("manager-0", "docker", "service", "ps", ...running, "web");
    expect(answers, "three different replicas").toHaveLength(3);
    expect(new Set(hosts.trim().split("\n")).size).toBe(3);
  });
}

/** Tries once a second until there is a result; the last one decides. */
async function until<T>(seconds: number, attempt: () => T | undefined): Promise<T | undefined> {
  for (let elapsed = 0; elapsed < seconds; elapsed++) {
    const result = attempt();
    if (result !== undefined) return result;
    await sleep(1000);
  }
  return attempt();
}
