import type { ErrorCode } from "../errors";

/** How a command ends; the README has the same table. `lab exec` passes on what it ran. */
export const EXIT = {
  /** It is done. */
  done: 0,
  /** It could not be done, or nothing was asked for yet; the message says which. */
  failed: 1,
  /** What was written is wrong: the command line, an environment file, the name of a host. Nothing was tried. */
  badInput: 2,
  /** Ended by SIGINT, as Ctrl-C sends it. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

/** Codes that say that what was written is wrong. */
const BAD_INPUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "InvalidArguments",
  "InvalidEnvironment",
  "InvalidProperties",
  "EnvironmentNotFound",
  "NoSuchHost",
  "NoSuchMode",
  "NoSuchService",
  "NoSuchZone",
]);

/** Signals that end a command. */
export type EndingSignal = "SIGINT" | "SIGTERM";

/** How a command ends that a signal has ended. */
export function exitOfSignal(signal: EndingSignal): number {
  return signal === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
}

/** How a command ends that failed with this code; `reason` is the abort signal's, where there was one. */
export function exitOf(code: ErrorCode, reason?: unknown): number {
  if (code === "Interrupted") return exitOfSignal(reason === "SIGTERM" ? "SIGTERM" : "SIGINT");
  return BAD_INPUT.has(code) ? EXIT.badInput : EXIT.failed;
}
