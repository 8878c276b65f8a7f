import type { ExpectedPool, ExpectedSwarm, LogPlace, ObservedSwarm, RegistryReader } from "../../operations";
import { type ClusterOptions, chooseCluster } from "../cluster-choice";
import type { Action, CliContext } from "../context";
import { expectedSwarm } from "../environments";
import { UsageError } from "../failure";
import { wholeNumber } from "../numbers";
import { plural } from "../output";
import { ReadinessView } from "../readiness-view";
import { ambientAccess, clusterAccess, type RegistryAccess } from "../registry-access";

/** Options of `wait`. */
export interface WaitOptions extends ClusterOptions {
  readonly json?: boolean;
  readonly table?: string;
  readonly managers?: number;
  /** @default - none */
  readonly pool?: readonly ExpectedPool[];
  /** Seconds. */
  readonly timeout?: number;
}

/** What is waited for, and where. */
interface Awaited extends RegistryAccess {
  readonly cluster: string;
  readonly expected: ExpectedSwarm;
  readonly timeoutSeconds: number;
}

/** Longest wait where nobody says how long, in seconds: the readiness gate's. */
const TIMEOUT_SECONDS = 900;

/** `cdktf-swarm wait`: returns when the swarm is Ready. What the readiness gate of a deployment runs. */
export function wait(environment: string | undefined, options: WaitOptions): Action {
  return async (context) => {
    const { location, expected, ...rest } = await whatToAwait(context, environment, options);
    const reader = await context.connect(location);
    await waitUntilReady(context, reader, expected, { ...rest, json: options.json });
    return 0;
  };
}

async function whatToAwait(
  context: CliContext,
  environment: string | undefined,
  options: WaitOptions,
): Promise<Awaited> {
  const { table, timeout = TIMEOUT_SECONDS } = options;
  if (table !== undefined) {
    if (environment !== undefined || options.cluster !== undefined) {
      throw new UsageError(`--table ${table}: write it instead of ENV and --cluster`);
    }
    if (options.region === undefined) throw new UsageError("--table needs --region REGION");
    const { clusterOfTable } = await import("../../operations/index.js");
    const access = ambientAccess(context, table, options.region);
    return { ...access, cluster: clusterOfTable(table), expected: expectedBy(options), timeoutSeconds: timeout };
  }
  const { target, config } = await chooseCluster(context, environment, options);
  const isCounted = options.managers !== undefined || options.pool !== undefined;
  if (config !== undefined && isCounted) {
    throw new UsageError("--managers and --pool: the environment's file says how many there must be");
  }
  const expected = config === undefined ? expectedBy(options) : expectedSwarm(config);
  const access = await clusterAccess(context, target, options);
  const timeoutSeconds = options.timeout ?? config?.readiness.timeoutSeconds ?? TIMEOUT_SECONDS;
  return { ...access, cluster: target.cluster, expected, timeoutSeconds };
}

function expectedBy({ managers, pool }: WaitOptions): ExpectedSwarm {
  if (managers === undefined) throw new UsageError("how many managers? Write --managers COUNT, and --pool NAME=COUNT");
  return { managers, pools: pool ?? [] };
}

/** Waits with a view of it on the screen, and sums up. */
export async function waitUntilReady(
  context: CliContext,
  reader: RegistryReader,
  expected: ExpectedSwarm,
  options: {
    readonly cluster: string;
    readonly timeoutSeconds: number;
    readonly place: LogPlace;
    readonly json?: boolean;
  },
): Promise<void> {
  const { watchReadiness } = await import("../../operations/index.js");
  const view = new ReadinessView(context.output);
  const { observed, report, elapsedSeconds } = await watchReadiness(reader, expected, {
    ...options,
    signal: context.signal,
    onUpdate: (report, elapsed) => view.update(report, elapsed),
  });
  const { cluster, json } = options;
  if (json === true) context.output.json({ cluster, ready: report.ready, lines: report.lines, elapsedSeconds });
  else {
    const seconds = Math.round(elapsedSeconds);
    context.output.result(`swarm ${cluster} is Ready after ${seconds} s: ${countNodes(observed)}`);
  }
}

/** `name=desired` as `--pool` takes it. */
export function parsePool(text: string): ExpectedPool {
  const match = /^([^=]+)=(\d+)$/.exec(text);
  if (match === null) throw new UsageError(`--pool ${text}: write NAME=COUNT, like general=2`);
  return { name: match[1] ?? "", desired: wholeNumber(`--pool ${match[1]}=`, 0)(match[2] ?? "") };
}

function countNodes(observed: ObservedSwarm): string {
  const ready = (observed.cluster?.summary?.members ?? []).filter((member) => member.state === "ready");
  const managers = ready.filter((member) => member.role === "manager");
  const leader = managers.find((member) => member.leader === true);
  const counted = (observed.cluster?.summary?.counted ?? []).filter((each) => each.state === "ready");
  const workers = ready.length - managers.length + counted.reduce((sum, { count }) => sum + count, 0);
  return `${plural(managers.length, "manager")} (leader ${leader?.address ?? "unknown"}), ${plural(workers, "worker")}`;
}
