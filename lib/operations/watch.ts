import { OperationError } from "../errors";

/** How long to watch, and how often to look. */
export interface WatchTiming {
  /** How long to wait at most, in seconds. */
  readonly timeoutSeconds: number;
  /**
   * Pause between two looks, in seconds.
   * @default 2
   */
  readonly intervalSeconds?: number;
  /** Ends the wait early, with OperationError `Interrupted`. */
  readonly signal?: AbortSignal;
}

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
  look: (before: T | undefined, elapsedSeconds: () => number, signal: AbortSignal) => Promise<T>,
  isDone: (seen: T) => boolean,
  timing: WatchTiming,
  until: string,
): Promise<Watched<T>> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  let last: T | undefined;
  for (;;) {
    throwIfInterrupted(timing.signal, until);
    try {
      const left = timing.timeoutSeconds - elapsed();
      last = await look(last, elapsed, within(last === undefined ? Math.max(left, FIRST_LOOK) : left, timing.signal));
    } finally {
      // What was asked may have failed because it was interrupted.
      throwIfInterrupted(timing.signal, until);
    }
    if (isDone(last)) return { last, done: true, elapsedSeconds: elapsed() };
    const remaining = timing.timeoutSeconds - elapsed();
    if (remaining <= 0) return { last, done: false, elapsedSeconds: elapsed() };
    await pause(Math.min(timing.intervalSeconds ?? 2, remaining), timing.signal, until);
  }
}

/** The first look is made whatever time there is, in seconds. */
const FIRST_LOOK = 2;

/** A signal that ends what is asked after so many seconds, or when the user does. */
export function within(seconds: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(Math.max(0, Math.round(seconds * 1_000)));
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
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
