import { OperationError } from "../errors";
import type { SlotRecord } from "../registry/records";
import { Deadline, type TimeLimit, within } from "./deadline";
import type { LogPlace } from "./log-hints";
import { assess, type ExpectedSwarm, type ObservedSwarm, type ReadinessReport } from "./readiness";
import { describeProblem, isNotAllowed, registryError } from "./registry-problems";
import type { NodeRecords, RegistryReader } from "./registry-reader";
import { explainTimeOut } from "./time-out";
import { throwIfInterrupted, watch } from "./watch";

/** How to wait. */
export interface WatchOptions extends TimeLimit {
  /** Name of the cluster, for messages. */
  readonly cluster: string;
  /** Where the nodes run, for the hint which log to read. */
  readonly place: LogPlace;
  /** Called after every look with what was found and the seconds since the start. */
  readonly onUpdate?: (report: ReadinessReport, elapsedSeconds: number) => void;
}

/** A swarm that became Ready. */
export interface ReadySwarm {
  readonly report: ReadinessReport;
  readonly observed: ObservedSwarm;
  readonly elapsedSeconds: number;
}

/** What is waited for. */
const UNTIL = "the swarm was Ready";

/** What one look found, and each slot's record as it was first seen. */
interface Look extends Pick<ReadySwarm, "report" | "observed"> {
  readonly first: readonly SlotRecord[];
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
  const look = async (before: Look | undefined, deadline: Deadline): Promise<Look> => {
    const now = await observe(reader, expected, before?.observed ?? { slots: [] }, options, deadline);
    const first = [...(before?.first ?? []), ...now.slots.filter((slot) => !isKnown(slot, before?.first ?? []))];
    const observed = { ...now, heard: heardSlots(first, now.slots) };
    const report = assess(expected, observed);
    options.onUpdate?.(report, deadline.elapsedSeconds);
    return { first, observed, report };
  };
  const { last, done, elapsedSeconds } = await watch(look, ({ report }) => report.ready, new Deadline(options), UNTIL);
  if (done) return { report: last.report, observed: last.observed, elapsedSeconds };
  // A registry that did not answer the last look would not answer now.
  const records = last.observed.problem === undefined ? await lastWords(reader, options.signal) : undefined;
  throw new OperationError(
    "NotReady",
    explainTimeOut({ ...options, elapsedSeconds, expected, observed: last.observed, records }),
  );
}

function isKnown({ slot, instanceId }: SlotRecord, records: readonly SlotRecord[]): boolean {
  return records.some((each) => each.slot === slot && each.instanceId === instanceId);
}

/** Slots whose instance has written its record since. */
function heardSlots(first: readonly SlotRecord[], now: readonly SlotRecord[]): readonly number[] {
  const isNew = ({ slot, instanceId, updatedAt }: SlotRecord): boolean =>
    first.some((each) => each.slot === slot && each.instanceId === instanceId && each.updatedAt !== updatedAt);
  return now.filter(isNew).map(({ slot }) => slot);
}

/** Reads the cluster record and the slots once; of a failure, keeps what was known and adds why. */
async function observe(
  reader: RegistryReader,
  expected: ExpectedSwarm,
  before: ObservedSwarm,
  { cluster: name, signal }: WatchOptions,
  deadline: Deadline,
): Promise<ObservedSwarm> {
  const limit = deadline.limit();
  try {
    const [cluster, ...slots] = await Promise.all([
      reader.getCluster(limit),
      ...Array.from({ length: expected.managers }, (_, slot) => reader.getSlot(slot, limit)),
    ]);
    return { cluster, slots: slots.filter((record) => record !== undefined) };
  } catch (error) {
    throwIfInterrupted(signal, UNTIL);
    if (isNotAllowed(error)) throw registryError(error, name);
    return { ...before, problem: describeProblem(error) };
  }
}

/** Seconds that the explanation may take beyond the time there was. */
const LAST_WORDS = 2;

/** What the nodes reported last; the explanation does without it if it cannot be read. */
async function lastWords(reader: RegistryReader, signal: AbortSignal | undefined): Promise<NodeRecords | undefined> {
  try {
    return await reader.scanNodes(within(LAST_WORDS, signal));
  } catch {
    throwIfInterrupted(signal, UNTIL);
    return undefined;
  }
}
