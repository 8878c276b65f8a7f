import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AGENT_METRICS_PORT } from "../../../lib/registry/node-settings";
import type { Project } from "../support/project";

const reach = readFileSync(join(__dirname, "../support/reach.py"), "utf8");
const MANAGERS = ["manager-0", "manager-1", "manager-2"];
const url = `http://127.0.0.1:${AGENT_METRICS_PORT}/metrics`;

/** What the agents tell Prometheus, and who else hears it. */
export function metrics(project: Project): void {
  const read = (node: string): string => project.exec(node, "curl", "-fsS", "--max-time", "5", url);

  test("fails when not just one manager says that it leads, and that a manager may be lost", () => {
    const texts = MANAGERS.map(read);

    expect(texts.filter((text) => /^swarm_node_leads 1$/m.test(text))).toHaveLength(1);
    const margins = texts.flatMap((text) => /^swarm_node_quorum_margin (\S+)$/m.exec(text)?.[1] ?? []);
    expect(margins).toEqual(["1"]);
  });

  test("fails when a worker's metrics do not show that it is Ready, and heard from the registry", () => {
    const text = read("general-0");

    expect(text).toMatch(/^swarm_node_decisions_total\{state="ready"\} [1-9]/m);
    const age = Number(/^swarm_node_seconds_since_answer\{from="registry"\} (\S+)$/m.exec(text)?.[1]);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(120);
  });

  test("fails when another host or a container reads a node's metrics", () => {
    const address = project.exec("general-0", "hostname", "-I").trim().split(" ")[0] ?? "";
    const port = String(AGENT_METRICS_PORT);
    const inContainer = ["docker", "run", "--rm", "lab/python:1", "/usr/bin/python3", "-c", reach];

    // The one that may shows that the question is put rightly.
    expect(project.tryExec("general-0", "python3", "-c", reach, "127.0.0.1", port).status).toBe(0);
    expect(project.tryExec("manager-0", "python3", "-c", reach, address, port).status).toBe(1);
    expect(project.tryExec("general-0", ...inContainer, address, port).status).toBe(1);
    expect(project.tryExec("general-0", ...inContainer, "127.0.0.1", port).status).toBe(1);
  });
}
