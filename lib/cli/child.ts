import { spawn } from "node:child_process";
import type { EndingSignal } from "./exit-codes";

/** How a program ended. */
export interface Ended {
  /** Undefined if a signal ended it. */
  readonly code?: number;
  /** The signal that was sent to us meanwhile. */
  readonly interruptedBy?: EndingSignal;
  /** What it printed, if that was asked for. */
  readonly output: string;
}

/** How to run a program. */
export interface ProgramRun {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables beside our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has the terminal; if not, what it prints is kept. */
  readonly isAttached: boolean;
}

/** Runs a program to its end. A signal does not end us before it: Terraform writes its state down when it is interrupted. */
export type RunProgram = (program: string, run: ProgramRun) => Promise<Ended>;

export const runProgram: RunProgram = async (program, { args, cwd, env, isAttached }) => {
  let interruptedBy: EndingSignal | undefined;
  let output = "";
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: isAttached ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const listeners = (["SIGINT", "SIGTERM"] as const).map((signal) => {
    const onSignal = (): void => {
      interruptedBy ??= signal;
      // Ctrl-C reaches the whole group by itself; to be told of it twice makes Terraform give up its state.
      if (signal === "SIGTERM") child.kill(signal);
    };
    process.on(signal, onSignal);
    return { signal, onSignal };
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code: code ?? undefined, interruptedBy, output };
  } finally {
    for (const { signal, onSignal } of listeners) process.off(signal, onSignal);
  }
};
