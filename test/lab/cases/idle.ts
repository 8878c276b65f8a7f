import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../support/ask";
import type { Project } from "../support/project";

const NODES = ["manager-0", "manager-1", "manager-2", "general-0", "general-1"];
const WINDOW_SECONDS = 75;

/** What an agent costs when nothing happens. */
export function idleCost(project: Project): void {
  test.each(NODES)("fails when the agent of %s takes more than 80 MB of memory", (node) => {
    const status = project.exec(node, "sh", "-c", "cat /proc/$(systemctl show -p MainPID --value swarm-node)/status");
    const rss = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000;

    expect(rss).toBeGreaterThan(10);
    expect(rss).toBeLessThanOrEqual(80);
  });

  test("fails when an idle agent asks the registry more than four times a minute", async () => {
    const before = await registryRequests(project);
    await sleep(WINDOW_SECONDS * 1000);
    const after = await registryRequests(project);

    // A window holds whole minutes and a part: what fits the budget in it, rounded up.
    const allowed = Math.ceil((4 * WINDOW_SECONDS) / 60);
    const asked = Object.fromEntries(
      Object.entries(after).map(([caller, count]) => [caller, count - (before[caller] ?? 0)]),
    );
    expect(Object.keys(asked)).toHaveLength(NODES.length);
    for (const [caller, count] of Object.entries(asked))
      expect(count, `requests of ${caller}`).toBeLessThanOrEqual(allowed);
  });
}

/** Requests to DynamoDB so far, by the access key of the instance that made them. */
async function registryRequests(project: Project): Promise<Record<string, number>> {
  const endpoint = project.labEnvironment()["AWS_ENDPOINT_URL"] ?? "";
  const counts = JSON.parse(await ask(`${endpoint}/lab/requests`)) as {
    caller: string;
    action: string;
    count: number;
  }[];
  const requests: Record<string, number> = {};
  for (const { caller, action, count } of counts)
    if (caller.startsWith("ASIALAB") && action.startsWith("dynamodb:"))
      requests[caller] = (requests[caller] ?? 0) + count;
  return requests;
}
