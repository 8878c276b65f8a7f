import { setMaxListeners } from "node:events";

/** How long a command may take, and what ends it before. */
export interface TimeLimit {
  /** For how long to ask and wait at most, in seconds. */
  readonly timeoutSeconds: number;
  /** Ends what is going on, with OperationError `Interrupted`. */
  readonly signal?: AbortSignal;
}

/** What is asked has this long for its answer however little time is left, in seconds. */
const LEAST_SECONDS = 2;

/**
 * The time a command has for all that it asks of AWS, its first question included. It runs from when it is made: a
 * command makes one, and everything that it asks takes its signal from there.
 */
export class Deadline {
  private readonly startedAt = performance.now();
  private readonly timeoutSeconds: number;
  /** The user's. */
  public readonly signal: AbortSignal | undefined;

  public constructor({ timeoutSeconds, signal }: TimeLimit) {
    this.timeoutSeconds = timeoutSeconds;
    this.signal = signal;
  }

  public get elapsedSeconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }

  public get leftSeconds(): number {
    return this.timeoutSeconds - this.elapsedSeconds;
  }

  /** Ends what is asked now when time runs out, or when the user does. */
  public limit(): AbortSignal {
    return within(Math.max(this.leftSeconds, LEAST_SECONDS), this.signal);
  }
}

/** A signal that ends what is asked after so many seconds, or when the user does. */
export function within(seconds: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(Math.max(0, Math.round(seconds * 1_000)));
  // What only AbortSignal.any knows of is collected as garbage, and never fires (seen on Node 20); a listener keeps it.
  timeout.addEventListener("abort", () => {}, { once: true });
  const ending = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  // Each node's question listens to it; Node takes more than ten listeners for a leak, and warns the user.
  setMaxListeners(0, ending);
  return ending;
}
