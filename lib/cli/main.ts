#!/usr/bin/env node
import { setMaxListeners } from "node:events";
import { createInterface } from "node:readline/promises";
import { runProgram } from "./child";
import type { CliContext } from "./context";
import { type EndingSignal, EXIT, exitOfSignal } from "./exit-codes";
import { Output } from "./output";
import { run } from "./program";

/** Time an interrupted command gets to end by itself, in milliseconds: whoever presses Ctrl-C waits no longer. */
const GRACE_MS = 700;

/** The context of a real process. */
function processContext(): CliContext {
  let interruption: AbortSignal | undefined;
  return {
    output: new Output(process.stdout, process.stderr, process.env),
    cwd: process.cwd(),
    env: process.env,
    // Only a command that can end in good order takes the signals over: any other, the system ends at once, even one
    // that is busy in a loop or waits for a file.
    get signal(): AbortSignal {
      interruption ??= takeSignals();
      return interruption;
    },
    confirm: (question) => confirmed(question),
    connect: async (location) => (await import("../operations/index.js")).connectRegistry(location),
    connectWriter: async (location) => (await import("../operations/index.js")).connectRegistryWriter(location),
    connectInstances: async (location) => (await import("../operations/index.js")).connectInstances(location),
    connectGroupSizes: async (location) => (await import("../operations/index.js")).connectGroupSizes(location),
    runProgram,
    lab: () => import("../lab/index.js"),
  };
}

function takeSignals(): AbortSignal {
  const interruption = new AbortController();
  const end = (signal: EndingSignal): void => {
    // A second one means it.
    if (interruption.signal.aborted) process.exit(exitOfSignal(signal));
    interruption.abort(signal);
    setTimeout(() => process.exit(exitOfSignal(signal)), GRACE_MS).unref();
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  // A lab asks all its hosts at once; Node takes more than ten listeners for a leak, and warns the user.
  setMaxListeners(0, interruption.signal);
  return interruption.signal;
}

/** Whether a person at a terminal says yes. */
async function confirmed(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

async function main(): Promise<void> {
  // Which Node a later SDK will want is no concern of whoever reads this output.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // Whoever reads may stop reading, as `head` does: the command goes on, and ends as it would have ended.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.exit(EXIT.failed);
  });
  process.stderr.on("error", () => {});
  process.exitCode = await run(process.argv.slice(2), processContext());
}

void main();
