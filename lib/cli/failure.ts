import { ConfigError, formatFault, OperationError } from "../errors";
import type { ExitCode } from "./context";
import type { Output } from "./output";

/** Input on the command line that cannot be used. */
export class UsageError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Says what went wrong, with the stack only if asked for, and gives the exit code for it. */
export function reportFailure(error: unknown, output: Output, debug: boolean): ExitCode {
  output.keepDrawn();
  if (error instanceof ConfigError) {
    for (const fault of error.faults) output.note(formatFault(fault), "bad");
  } else {
    output.note(`error: ${messageOf(error)}`, "bad");
  }
  if (debug) output.note(stackOf(error), "quiet");
  else if (!isExpected(error)) output.note("this is unexpected; run again with --debug for the stack", "quiet");
  return error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
}

function isExpected(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof UsageError || error instanceof OperationError;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
