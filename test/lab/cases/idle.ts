import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { ask } from "../support/ask";
import type { Project } from "../support/project";

const NODES = ["manager-0", "manager-1", "manager-2", "general-0", "general-1"];
const WINDOW_SECONDS = 75;
/** Starts of the agent that are as much work as it may do in an idle minute: 0.3 s where a core is quick. */
const STARTS = 3;
const MAIN_PID = "$(systemctl show -p MainPID --value swarm-node)";

/** What an agent costs when nothing happens. */
export function idleCost(project: Project): void {
  test.each(NODES)("fails when the agent of %s takes more than 80 MB of memory", (node) => {
    const status = project.exec(node, "sh", "-c", `cat /proc/${MAIN_PID}/status`);
    const rss = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000;

    expect(rss).toBeGreaterThan(10);
    expect(rss).toBeLessThanOrEqual(80);
  });

  // 1 to 2 MB where malloc gives back what is freed; else 9 to 28 MB, by chance: too much only now and then.
  test.each(NODES)("fails when the agent of %s keeps what it needed to start", (node) => {
    const maps = project.exec(node, "sh", "-c", `cat /proc/${MAIN_PID}/smaps`);
    const heap = Number(/\[heap\]\n(?:.*\n)*?Rss:\s+(\d+) kB/.exec(maps)?.[1]) / 1000;

    expect(heap).toBeGreaterThan(0);
    expect(heap).toBeLessThanOrEqual(5);
  });

  const share: Record<string, number> = {};
  const requests: Record<string, Record<string, number>> = {};

  beforeAll(async () => {
    const before = NODES.map((node) => processorTime(project, node));
    requests["before"] = await registryRequests(project);
    await sleep(WINDOW_SECONDS * 1000);
    requests["after"] = await registryRequests(project);
    const after = NODES.map((node) => processorTime(project, node));
    for (const [index, node] of NODES.entries()) share[node] = shareOf(before[index], after[index]);
  });

  // Measured by its own starts, as processors differ: a leader takes about two, anyone else less than one.
  test.each(NODES)("fails when the agent of %s does more in an idle minute than in three starts", (node) => {
    const minute = (share[node] ?? Number.NaN) * 60;

    expect(minute).toBeGreaterThan(0);
    expect(minute).toBeLessThan(STARTS * startTime(project, node));
  });

  test("fails when an idle agent asks the registry more than four times a minute", () => {
    const { before = {}, after = {} } = requests;

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

/** A moment, and the processor time an agent had taken by then; both in seconds. */
interface ProcessorTime {
  readonly at: number;
  readonly taken: number;
}

/** What the kernel says an agent has taken of the processors since it started, in user mode and for it. */
function processorTime(project: Project, node: string): ProcessorTime {
  const command = `cat /proc/${MAIN_PID}/stat /proc/uptime; getconf CLK_TCK`;
  const [stat = "", uptime = "", ticks = ""] = project.exec(node, "sh", "-c", command).split("\n");
  // The name of the program, the second field, may have blanks; fields 14 and 15 are the times.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { at: Number(uptime.split(" ")[0]), taken: (Number(fields[11]) + Number(fields[12])) / Number(ticks) };
}

/** Processor time of one start, in seconds: the least of three. */
function startTime(project: Project, node: string): number {
  const starts = [1, 2, 3].map(() => {
    const [, children = ""] = project.exec(node, "sh", "-c", "swarm-node version >/dev/null; times").split("\n");
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, min, sec]) => sum + Number(min) * 60 + Number(sec),
      0,
    );
  });
  return Math.min(...starts);
}

function shareOf(before: ProcessorTime | undefined, after: ProcessorTime | undefined): number {
  if (before === undefined || after === undefined) return Number.NaN;
  return (after.taken - before.taken) / (after.at - before.at);
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
