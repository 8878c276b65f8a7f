import { ConfigError, formatFault, OperationError, printable, ValidationError } from "../lib/errors";
import { createApp } from "./app";

try {
  createApp({ cwd: process.cwd(), env: process.env }).synth();
} catch (error) {
  // What the user can mend is said in words; anything else is a fault of the program, and its stack is of use.
  if (error instanceof ConfigError) report(error.faults.map(formatFault).join("\n"));
  else if (error instanceof ValidationError || error instanceof OperationError) report(printable(error.message));
  else throw error;
}

function report(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
