import { OperationError } from "../errors";
import type { LogPlace } from "./log-hints";
import { assess, type ExpectedSwarm, type ObservedSwarm, type ReadinessReport } from "./readiness";
import { describeProblem, isNotAllowed, registryError } from "./registry-problems";
import type { NodeRecords, RegistryReader } from "./registry-reader";
import { explainTimeOut } from "./time-out";

/** How to wait. */
export interface WatchOptions {
  /** Name of the cluster, for messages. */
  readonly cluster: string;
  /** How long to wait at most, in seconds. */
  readonly timeoutSeconds: number;
  /** Where the nodes run, for the hint which log to read. */
  readonly place: LogPlace;
  /** Ends the wait early, with OperationError `Interrupted`. */
  readonly signal?: AbortSignal;
  /** Called after every look with what was found and the seconds since the start. */
  readonly onUpdate?: (report: ReadinessReport, elapsedSeconds: number) => void;
  /**
   * Pause between two looks, in seconds.
   * @default 2
   */
  readonly intervalSeconds?: number;
}

/** A swarm that became Ready. */
export interface ReadySwarm {
  readonly report: ReadinessReport;
  readonly observed: ObservedSwarm;
  readonly elapsedSeconds: number;
}

/**
 * Waits until the swarm is Ready. A table that is missing, throttled or silent is reported by `onUpdate` and waited for.
 *
 * @throws OperationError `NotReady` at the time-out, its message naming every cause and the log to read; `NotAllowed`
 * at once if AWS refuses the caller; `Interrupted` when the signal says so.
 */
export async function watchReadiness(
  reader: RegistryReader,
  expected: ExpectedSwarm,
  options: WatchOptions,
): Promise<ReadySwarm> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  const interval = options.intervalSeconds ?? 2;
  let observed: ObservedSwarm = { slots: [] };
  for (;;) {
    observed = await look(reader, expected, observed, options);
    const report = assess(expected, observed);
    options.onUpdate?.(report, elapsed());
    if (report.ready) return { report, observed, elapsedSeconds: elapsed() };
    const remaining = options.timeoutSeconds - elapsed();
    if (remaining <= 0) break;
    await pause(Math.min(interval, remaining), options.signal);
  }
  const records = await lastWords(reader, options.signal);
  throw new OperationError(
    "NotReady",
    explainTimeOut({ ...options, elapsedSeconds: elapsed(), expected, observed, records }),
  );
}

/** Reads the cluster record and the slots once; of a failure, keeps what was known and adds why. */
async function look(
  reader: RegistryReader,
  expected: ExpectedSwarm,
  before: ObservedSwarm,
  { cluster: name, signal }: WatchOptions,
): Promise<ObservedSwarm> {
  throwIfInterrupted(signal);
  try {
    const [cluster, ...slots] = await Promise.all([
      reader.getCluster(signal),
      ...Array.from({ length: expected.managers }, (_, slot) => reader.getSlot(slot, signal)),
    ]);
    return { cluster, slots: slots.filter((record) => record !== undefined) };
  } catch (error) {
    throwIfInterrupted(signal);
    if (isNotAllowed(error)) throw registryError(error, name);
    return { ...before, problem: describeProblem(error) };
  }
}

/** What the nodes reported last; the explanation does without it if it cannot be read. */
async function lastWords(reader: RegistryReader, signal: AbortSignal | undefined): Promise<NodeRecords | undefined> {
  try {
    return await reader.scanNodes(signal);
  } catch {
    throwIfInterrupted(signal);
    return undefined;
  }
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfInterrupted(signal);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, seconds * 1_000);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted();
}

function interrupted(): OperationError {
  return new OperationError("Interrupted", "interrupted before the swarm was Ready");
}
