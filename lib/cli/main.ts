#!/usr/bin/env node
import type { CliContext } from "./context";
import { Output } from "./output";
import { run } from "./program";

/** Time an interrupted command gets to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/** The context of a real process. */
function processContext(signal: AbortSignal): CliContext {
  return {
    output: new Output(process.stdout, process.stderr, process.env),
    cwd: process.cwd(),
    env: process.env,
    signal,
    connect: async (location) => (await import("../operations/index.js")).connectRegistry(location),
    connectWriter: async (location) => (await import("../operations/index.js")).connectRegistryWriter(location),
    connectInstances: async (location) => (await import("../operations/index.js")).connectInstances(location),
    lab: () => import("../lab/index.js"),
  };
}

async function main(): Promise<void> {
  // Which Node a later SDK will want is no concern of whoever reads this output.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // A second one means it.
      if (interruption.signal.aborted) process.exit(1);
      interruption.abort();
    });
  }
  // Whoever reads may stop reading, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.exitCode = await run(process.argv.slice(2), processContext(interruption.signal));
  // What was interrupted may still be at work, and would keep the process.
  if (interruption.signal.aborted) setTimeout(() => process.exit(), GRACE_MS).unref();
}

void main();
