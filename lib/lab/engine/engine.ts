import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../errors";
import { withSystemPrograms } from "../machine/command";
import { cacheDirectory, RUN_DIRECTORY } from "../machine/paths";
import { end, identify, isAlive, MARKER_VARIABLE, type ProcessIdentity } from "../machine/processes";
import { type DockerCli, dockerCli } from "./docker-cli";

/** Where Docker listens unless told otherwise. */
const SYSTEM_SOCKET = "/var/run/docker.sock";

const DAEMON = "dockerd";
const OWN_SOCKET = join(RUN_DIRECTORY, "docker.sock");
const PID_FILE = join(RUN_DIRECTORY, "docker.pid");

interface EngineInfo {
  readonly Name: string;
  readonly OSType: string;
  readonly OperatingSystem: string;
  readonly SecurityOptions?: readonly string[];
}

/**
 * The user's engine, when it can run the lab's hosts: it answers, and its containers share this machine's kernel and
 * network, which neither a rootless engine's do nor those of one in a virtual machine.
 */
export async function findEngine(environment: NodeJS.ProcessEnv = process.env): Promise<DockerCli | undefined> {
  const named = environment["DOCKER_HOST"];
  const socket = named?.startsWith("unix://") ? named.slice("unix://".length) : SYSTEM_SOCKET;
  const docker = dockerCli(socket);
  try {
    return isUsable(await docker.get<EngineInfo>("/info"), hostname()) ? docker : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the engine runs beside us, with the rights that hosts need. */
export function isUsable(info: EngineInfo, machine: string): boolean {
  const rootless = info.SecurityOptions?.some((option) => option.includes("rootless")) ?? false;
  return info.OSType === "linux" && info.Name === machine && info.OperatingSystem !== "Docker Desktop" && !rootless;
}

/** How to start an engine of our own. */
export interface OwnEngineOptions {
  readonly logFile: string;
  readonly marker: string;
  /** Told the daemon's process as soon as it is there, before it makes anything. */
  readonly onStarted: (process: ProcessIdentity) => void;
}

/** Starts an engine that shares nothing with one the user may have, and waits until it answers. */
export async function startOwnEngine(options: OwnEngineOptions): Promise<DockerCli> {
  const dataRoot = join(cacheDirectory(), "engine");
  mkdirSync(RUN_DIRECTORY, { recursive: true });
  mkdirSync(dataRoot, { recursive: true });
  mkdirSync(dirname(options.logFile), { recursive: true });
  rmSync(PID_FILE, { force: true }); // of one that was killed: Docker would take any later process for it
  const configuration = join(RUN_DIRECTORY, "daemon.json");
  writeFileSync(configuration, "{}\n"); // else it reads the user's engine's
  const log = openSync(options.logFile, "a");
  const child = spawn(
    DAEMON,
    [
      ...["--config-file", configuration, "--data-root", dataRoot, "--exec-root", join(RUN_DIRECTORY, "exec")],
      ...["--pidfile", PID_FILE, "-H", `unix://${OWN_SOCKET}`, "--storage-driver", "overlay2"],
      // No default bridge: each VPC has its own, and whatever is not made need not be removed.
      ...["--bridge", "none", "--ip6tables=false"],
    ],
    {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...withSystemPrograms(process.env), [MARKER_VARIABLE]: engineMarker(options) },
    },
  );
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(engineFailure(`dockerd ended with ${code}`, options.logFile)));
  });
  failed.catch(() => {}); // it is raced below
  child.unref();
  const started = child.pid === undefined ? undefined : identify(child.pid);
  if (started !== undefined) options.onStarted(started);
  return await Promise.race([failed, answering(dockerCli(OWN_SOCKET), options.logFile)]);
}

/** Marks the engine and what it starts, apart from the rest of the lab: it must outlive the hosts it removes. */
export function engineMarker(lab: { readonly marker: string }): string {
  return `${lab.marker}-engine`;
}

/** Whether an engine the lab started still runs. */
export function ownEngine(process: ProcessIdentity | undefined): DockerCli | undefined {
  return process !== undefined && isAlive(process) ? dockerCli(OWN_SOCKET) : undefined;
}

/** Ends the own engine; it stops what still runs in it, which takes its time. */
export async function stopOwnEngine(process: ProcessIdentity): Promise<void> {
  await end(process, 30_000);
}

async function answering(docker: DockerCli, logFile: string): Promise<DockerCli> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    try {
      await docker.get("/info");
      return docker;
    } catch {
      // not yet
    }
  }
  throw engineFailure("dockerd does not answer", logFile);
}

function engineFailure(what: string, logFile: string): OperationError {
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n");
  return new OperationError("EngineFailed", `${what}; the last lines of ${logFile}:\n${said}`);
}
