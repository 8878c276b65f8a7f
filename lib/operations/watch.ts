import { OperationError } from "../errors";
import type { Deadline } from "./deadline";

/** Pause between two looks, in seconds: each reads the cluster's record and a few slots'. */
const INTERVAL_SECONDS = 0.5;

/** What a watch ended with. */
export interface Watched<T> {
  readonly last: T;
  /** Whether the last look found what was waited for; if not, time ran out. */
  readonly done: boolean;
  readonly elapsedSeconds: number;
}

/**
 * Looks again and again until a look finds what is waited for, or time runs out; looks at least once. A look is told to
 * end when the time does.
 * @param until what is waited for, as it goes on "interrupted before …"
 * @throws OperationError `Interrupted` when the signal says so
 */
export async function watch<T>(
  look: (before: T | undefined, deadline: Deadline) => Promise<T>,
  isDone: (seen: T) => boolean,
  deadline: Deadline,
  until: string,
): Promise<Watched<T>> {
  const { signal } = deadline;
  let last: T | undefined;
  for (;;) {
    throwIfInterrupted(signal, until);
    try {
      last = await look(last, deadline);
    } finally {
      // What was asked may have failed because it was interrupted.
      throwIfInterrupted(signal, until);
    }
    const { elapsedSeconds, leftSeconds } = deadline;
    if (isDone(last)) return { last, done: true, elapsedSeconds };
    if (leftSeconds <= 0) return { last, done: false, elapsedSeconds };
    await pause(Math.min(INTERVAL_SECONDS, leftSeconds), signal, until);
  }
}

async function pause(seconds: number, signal: AbortSignal | undefined, until: string): Promise<void> {
  throwIfInterrupted(signal, until);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(interrupted(until));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, seconds * 1_000);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Ends what is going on when the user interrupted it. */
export function throwIfInterrupted(signal: AbortSignal | undefined, until: string): void {
  if (signal?.aborted) throw interrupted(until);
}

function interrupted(until: string): OperationError {
  return new OperationError("Interrupted", `interrupted before ${until}`);
}
