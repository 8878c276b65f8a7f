import type { Measurement } from "./measurement";
import { type JoinRun, runJoin } from "./simulation/join-run";
import { ON_DEMAND } from "./simulation/registry-load";

const SECOND = 1_000;
const KILOBYTE = 1_024;
const SIZES = [1_000, 5_000];
/** Milliseconds within which the machines start. */
const STARTS = [
  ["at once", SECOND],
  ["in a minute", 60 * SECOND],
] as const;

/** Joins in a second that the managers are asked for, and labels the leader sets at most (P15). */
const PER_SECOND = 20;
/** Labels it comes to in a swarm of thousands, of which to have a list takes time, too. */
const LABELS_PER_SECOND = 15;
/** Milliseconds beside that: machines start, a swarm is formed, the last are labelled. */
const ALLOWANCE = 60 * SECOND;
/** Registry requests of a node at rest in a minute. */
const IDLE_REQUESTS = 4;
/** DynamoDB's bound for an item; half of it leaves room for faults and for what is to come. */
const LARGEST_RECORD_KB = 200;

/** Thousands of workers join three managers: the real agents, in simulated time. */
export async function measureJoinSimulation(): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const atOnce: JoinRun[] = [];
  for (const workers of SIZES) {
    const runs: JoinRun[] = [];
    for (const [name, startWithin] of STARTS) {
      const run = await runJoin({ workers, startWithin });
      if (run.failures.size > 0) throw new Error(`actions failed: ${JSON.stringify([...run.failures])}`);
      runs.push(run);
      measurements.push(...ofJoining(`${workers} workers ${name}`, run));
    }
    measurements.push(...ofRest(`${workers} workers`, runs));
    atOnce.push(...runs.slice(0, 1));
  }
  return [...measurements, ...ratios(atOnce)];
}

/** What five times the workers cost: up to five times as much is in proportion. */
function ratios([small, large]: readonly JoinRun[]): readonly Measurement[] {
  if (small === undefined || large === undefined) return [];
  const ratio = (name: string, of: (run: JoinRun) => number): Measurement => {
    return { name: `  ${name}`, value: of(large) / of(small), unit: "×" };
  };
  return [
    { name: `${large.workers} to ${small.workers} workers`, value: large.workers / small.workers, unit: "×" },
    ratio("all joined", (run) => run.joined),
    ratio("leader's processor, busiest minute", ({ busiestMinute }) => busiestMinute.processor),
    ratio("leader's processor, at rest", ({ idleMinute }) => idleMinute.processor),
  ];
}

function ofJoining(title: string, run: JoinRun): readonly Measurement[] {
  const { workers, startWithin, joining, busiestMinute } = run;
  const within = (rate: number) => workers / rate + (startWithin + ALLOWANCE) / SECOND;
  const limit = within(PER_SECOND);
  const { table, record } = joining;
  return [
    { name: `${title}: all joined`, value: run.joined / SECOND, unit: "s", limit },
    { name: "  all labelled", value: run.labelled / SECOND, unit: "s", limit: within(LABELS_PER_SECOND) },
    { name: "  all in the leader's summary", value: run.published / SECOND, unit: "s", limit },
    { name: "  registry requests, busiest second", value: joining.requests, unit: "/s" },
    { name: "  read units, table", value: table.reads, unit: "/s", limit: ON_DEMAND.table.reads },
    { name: "  read units, one record", value: record.reads, unit: "/s", limit: ON_DEMAND.record.reads },
    { name: "  write units, table", value: table.writes, unit: "/s", limit: ON_DEMAND.table.writes },
    { name: "  write units, one record", value: record.writes, unit: "/s", limit: ON_DEMAND.record.writes },
    { name: "  requests in seconds over these", value: joining.throttled, unit: "", limit: 0 },
    { name: "  nodes changed, busiest second", value: run.updatesPerSecond, unit: "/s", limit: PER_SECOND },
    { name: "  leader's busiest minute: nodes changed", value: busiestMinute.updates, unit: "/min" },
    { name: "    registry requests", value: busiestMinute.registryRequests, unit: "/min" },
    { name: "    scanned", value: busiestMinute.scannedBytes / KILOBYTE, unit: "KB/min" },
    { name: "    processor, simulation included", value: busiestMinute.processor, unit: "ms/min" },
  ];
}

function ofRest(title: string, runs: readonly JoinRun[]): readonly Measurement[] {
  const most = (of: (run: JoinRun) => number) => Math.max(...runs.map(of));
  return [
    {
      name: `${title} at rest: requests of a worker`,
      value: most((run) => run.idleWorker),
      unit: "/min",
      limit: IDLE_REQUESTS,
    },
    { name: "  requests of a manager", value: most((run) => run.idleManager), unit: "/min", limit: IDLE_REQUESTS },
    { name: "  scanned by the leader", value: most((run) => run.idleMinute.scannedBytes) / KILOBYTE, unit: "KB/min" },
    {
      name: "  leader's processor, simulation included",
      value: most((run) => run.idleMinute.processor),
      unit: "ms/min",
    },
    {
      name: "  cluster record",
      value: most((run) => run.clusterRecord) / KILOBYTE,
      unit: "KB",
      limit: LARGEST_RECORD_KB,
    },
    { name: "  registry", value: most((run) => run.table) / KILOBYTE, unit: "KB" },
  ];
}
