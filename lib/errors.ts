import type { ErrorCode } from "./error-codes";

export { ERROR_CODES, type ErrorCode } from "./error-codes";

/** One thing wrong with a configuration file, where it is, and what to write instead. */
export interface ConfigFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Path of the value, like `workers[0].min`. */
  readonly path: string;
  /** What is wrong, the value got, what to write. */
  readonly message: string;
}

/** A configuration file that cannot be used, with every fault found in it. */
export class ConfigError extends Error {
  public readonly code = "InvalidEnvironment" satisfies ErrorCode;

  public constructor(public readonly faults: readonly ConfigFault[]) {
    super(faults.map(formatFault).join("\n"));
    this.name = "ConfigError";
  }
}

/** `file:line:column path: message`, which editors and terminals can jump to. */
export function formatFault(fault: ConfigFault): string {
  const path = fault.path === "" ? "" : ` ${fault.path}`;
  return printable(`${fault.file}:${fault.line}:${fault.column}${path}: ${fault.message}`).replaceAll("\n", "\\n");
}

/** What a terminal obeys instead of showing it, or shows in another order: control characters and marks of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text with what a terminal would obey written as an escape sequence; line breaks stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Props of a construct that do not fit, all of them, with the construct's path. */
export class ValidationError extends Error {
  public readonly code = "InvalidProperties" satisfies ErrorCode;

  public constructor(
    public readonly faults: readonly string[],
    scope: { readonly node: { readonly path: string } },
  ) {
    super(`${scope.node.path}: invalid properties\n${faults.map((fault) => `- ${fault}`).join("\n")}`);
    this.name = "ValidationError";
  }
}

/** What more an {@link OperationError} can say. */
export interface OperationErrorOptions {
  readonly cause?: unknown;
  readonly faults?: readonly string[];
}

/** An operation on a running cluster, or on the lab, that could not be done. */
export class OperationError extends Error {
  /** What is wrong or missing, one by one, where the message lists it. */
  public readonly faults: readonly string[] | undefined;

  public constructor(
    public readonly code: ErrorCode,
    message: string,
    { faults, ...options }: OperationErrorOptions = {},
  ) {
    super(message, options);
    this.name = "OperationError";
    this.faults = faults;
  }
}
