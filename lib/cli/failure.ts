import { ConfigError, type ErrorCode, formatFault, OperationError, printable, ValidationError } from "../errors";
import type { ExitCode } from "./context";
import { exitOf } from "./exit-codes";
import type { Output } from "./output";

/** Input on the command line that cannot be used. */
export class UsageError extends Error {
  public readonly code = "InvalidArguments" satisfies ErrorCode;

  public constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** How an error is told. */
export interface Telling {
  /** With its stack. */
  readonly debug?: boolean;
  /** As JSON on stdout. */
  readonly json?: boolean;
  /** Why the command was interrupted, if it was. */
  readonly interruption?: unknown;
}

/** Says what went wrong, with the stack only if asked for, and gives the exit code for it. */
export function reportFailure(error: unknown, output: Output, { debug, json, interruption }: Telling = {}): ExitCode {
  output.keepDrawn();
  const code = codeOf(error);
  if (json === true) output.json({ error: { code, message: messageOf(error), faults: faultsOf(error) } });
  else if (error instanceof ConfigError) for (const fault of error.faults) output.note(formatFault(fault), "bad");
  else output.note(`error: ${printable(messageOf(error))}`, "bad");
  if (debug === true) output.note(stackOf(error), "quiet");
  else if (code === "Unexpected" && json !== true)
    output.note("this is unexpected; run again with --debug for the stack", "quiet");
  return exitOf(code, interruption);
}

function codeOf(error: unknown): ErrorCode {
  const isTyped =
    error instanceof ConfigError ||
    error instanceof UsageError ||
    error instanceof OperationError ||
    error instanceof ValidationError;
  return isTyped ? error.code : "Unexpected";
}

/** What is wrong one by one, where an error says it like that. */
function faultsOf(error: unknown): readonly unknown[] | undefined {
  const hasFaults = error instanceof ConfigError || error instanceof OperationError || error instanceof ValidationError;
  return hasFaults ? error.faults : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
