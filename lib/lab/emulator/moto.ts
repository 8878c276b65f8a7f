import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { OperationError } from "../../errors";
import { cacheDirectory } from "../machine/paths";
import type { LabTimings, Timing } from "./timings";

const run = promisify(execFile);
const SERVER = join(__dirname, "aws", "server.py");
const REQUIREMENTS = join(__dirname, "aws", "requirements.txt");
/** The interpreter imports some hundred modules; on a busy machine that takes a while. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 5_000;
const ERROR_TAIL = 2_000;

export interface MotoOptions {
  /**
   * Loopback port to listen on.
   * @default a free one
   */
  readonly port?: number;
  /**
   * File that gets what the emulator reports of its own failures; it never holds request bodies.
   * @default nowhere
   */
  readonly logFile?: string;
  /**
   * Names of the machine images that the account owns; the first one's id is `NODE_IMAGE_ID`.
   * @default one, `cdktf-swarm-node-lab`
   */
  readonly images?: readonly string[];
  /**
   * Names of SSM parameters that hold the id of the first image.
   * @default none
   */
  readonly imageParameters?: readonly string[];
  /**
   * How long it takes for what it does.
   * @default quick
   */
  readonly timings?: LabTimings;
  /**
   * Least and most of single timings, in seconds.
   * @default those of the timings
   */
  readonly spans?: Readonly<Partial<Record<Timing, readonly [least: number, most: number]>>>;
  /**
   * Folder of the caches that outlive a lab.
   * @default `$XDG_CACHE_HOME/cdktf-swarm`, `~/.cache/cdktf-swarm` when that variable is not set
   */
  readonly cacheDirectory?: string;
}

/** A running emulator of AWS. It ends with the process that started it, at the latest. */
export interface Moto {
  readonly port: number;
  /** Base address, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Settles when the emulator ends, by itself or by `stop`, with its exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Id of the machine image that the account of the emulator owns, in every region. */
export const NODE_IMAGE_ID = "ami-0cd7f5aa3e0000001";

/**
 * Path of a Python that has the pinned emulator, which is installed on first use (some 20 seconds, needs the package
 * index) into a folder named by what is pinned, so that a change of the pin never mixes with what was there.
 */
export async function motoPython(cache: string = cacheDirectory()): Promise<string> {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const home = join(cache, `moto-${hash}`);
  const python = join(home, "bin", "python");
  if (existsSync(python)) return python;

  mkdirSync(cache, { recursive: true });
  const unfinished = `${home}.${process.pid}`;
  try {
    await run("python3", ["-m", "venv", unfinished]);
    await run(join(unfinished, "bin", "python"), [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--requirement", REQUIREMENTS],
    ]);
    renameSync(unfinished, home);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Somebody else was quicker: theirs is as good.
    if (existsSync(python)) return python;
    throw new OperationError(
      "EmulatorNotInstalled",
      `The AWS emulator could not be installed into ${home}. It needs python3 with its venv module and a package ` +
        `index that pip can reach.\n${tail(error)}`,
      { cause: error },
    );
  }
  return python;
}

/** Starts the emulator and waits until it answers. */
export async function startMoto(options: MotoOptions = {}): Promise<Moto> {
  const python = await motoPython(options.cacheDirectory);
  const log = options.logFile === undefined ? "pipe" : openSync(options.logFile, "a");
  const child = spawn(python, [SERVER, ...serverArguments(options)], {
    // It ends when its standard input closes, which the kernel does even if this process is killed.
    stdio: ["pipe", "pipe", log],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (typeof log === "number") closeSync(log);
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", (code) => resolve(code));
  });
  const port = await listening(child, exited);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    exited,
    stop: () => stop(child, exited),
  };
}

function serverArguments(options: MotoOptions): string[] {
  return [
    ...["--port", String(options.port ?? 0)],
    ...(options.timings === undefined
      ? []
      : ["--timings", options.timings.profile, "--seed", String(options.timings.seed)]),
    ...Object.entries(options.spans ?? {}).flatMap(([name, [least, most]]) => ["--span", `${name}=${least},${most}`]),
    ...(options.images ?? ["cdktf-swarm-node-lab"]).flatMap((name) => ["--image", name]),
    ...(options.imageParameters ?? []).flatMap((name) => ["--image-parameter", name]),
  ];
}

async function listening(child: ChildProcess, exited: Promise<number | null>): Promise<number> {
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors = (errors + chunk).slice(-ERROR_TAIL);
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const port = await new Promise<number | undefined>((resolve) => {
    lines.on("line", (line) => {
      const match = /^listening (\d+)$/.exec(line);
      if (match) resolve(Number(match[1]));
    });
    timeout.addEventListener("abort", () => resolve(undefined));
    void exited.then(() => resolve(undefined));
  });
  if (port === undefined) {
    child.kill("SIGKILL");
    throw new OperationError("EmulatorNotStarted", `The AWS emulator did not start.\n${errors}`.trimEnd());
  }
  return port;
}

async function stop(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function tail(error: unknown): string {
  const stderr = (error as { readonly stderr?: unknown }).stderr;
  return String(stderr || error).slice(-ERROR_TAIL);
}
