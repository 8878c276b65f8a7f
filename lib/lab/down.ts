import { existsSync, readFileSync, rmSync } from "node:fs";
import { type DockerCli, dockerCli, LAB_LABEL, NAME_PREFIX } from "./engine/docker-cli";
import { engineMarker, ownEngine, startOwnEngine, stopOwnEngine } from "./engine/engine";
import { removeTraces } from "./engine/engine-traces";
import { runCommand } from "./machine/command";
import { restoreSettings } from "./machine/kernel-settings";
import { cacheDirectory, type LabPaths, labPaths, RUN_DIRECTORY, STATE_COPY, SUPERVISOR_COPY } from "./machine/paths";
import { end, identify, isSame, markedProcesses, type ProcessIdentity } from "./machine/processes";
import { removeFirewall } from "./network/firewall-rules";
import { removeRoute } from "./network/network";
import { BRIDGE_PREFIX } from "./network/network-plan";
import { isAbandoned, projectToCleanUp, refuseForeignLab, releaseMachine } from "./owner";
import { type EngineRecord, type LabState, StateFile, type SupervisorState } from "./state/state-file";
import type { LabDownOptions, ProgressListener } from "./types";

/** Time a process of the lab has to end by itself. */
const GRACE_MILLISECONDS = 6_000;

/** Removes the project's lab from this machine, however far its `up` has come. What is cached stays. */
export async function labDown({ projectDirectory, onProgress }: LabDownOptions): Promise<void> {
  refuseForeignLab(projectDirectory);
  await cleanUp(projectDirectory, { keepEngine: false, onProgress });
}

/** How much to remove. */
export interface CleanUpOptions {
  /** Whether an engine of our own goes on running, for the next lab. */
  readonly keepEngine: boolean;
  /** @default - nobody listens */
  readonly onProgress?: ProgressListener;
}

/** Removes what was recorded, then whatever carries our names or our mark, recorded or not. */
export async function cleanUp(projectDirectory: string, { keepEngine, onProgress }: CleanUpOptions): Promise<void> {
  const paths = labPaths(projectToCleanUp(projectDirectory));
  const state = recorded<LabState>(paths.state, STATE_COPY);
  const supervisor = recorded<SupervisorState>(paths.supervisor, SUPERVISOR_COPY);
  const say = (message: string) => onProgress?.({ phase: "down", message });

  say("ending the lab's processes");
  await endProcesses([state?.up, state?.supervisor], state?.marker);
  say("removing hosts and networks");
  const docker = await engineToClean(state, paths);
  if (docker !== undefined) await removeDockerObjects(docker);
  await removeNetworkTraces(supervisor);
  if (!keepEngine && state?.engine?.own) {
    say("stopping the lab's Docker engine");
    await removeEngine(new StateFile<LabState>(paths.state).read()?.engine ?? state.engine, state.marker);
  }
  forget(paths, keepEngine);
}

/** What a lab wrote down, also where its project was deleted under it. */
function recorded<T>(path: string, copy: string): T | undefined {
  return new StateFile<T>(path).read() ?? (isAbandoned() ? new StateFile<T>(copy).read() : undefined);
}

async function endProcesses(main: readonly (ProcessIdentity | undefined)[], marker: string | undefined): Promise<void> {
  const self = identify(process.pid);
  const others = (processes: readonly ProcessIdentity[]) =>
    processes.filter((process) => self === undefined || !isSame(process, self));
  const known = main.flatMap((process) => process ?? []);
  // The one that was at work first, lest it starts more.
  for (const process of others(known)) await end(process, GRACE_MILLISECONDS);
  if (marker !== undefined)
    await Promise.all(others(markedProcesses(marker)).map((process) => end(process, GRACE_MILLISECONDS)));
}

/** The engine with the lab's objects; an own one that was killed is started again, as only it knows its containers. */
async function engineToClean(state: LabState | undefined, paths: LabPaths): Promise<DockerCli | undefined> {
  const engine = state?.engine;
  if (state === undefined || engine === undefined) return undefined;
  if (!engine.own) return existsSync(engine.socket) ? dockerCli(engine.socket) : undefined;
  const running = ownEngine(engine.process);
  if (running !== undefined) return running;
  if (engine.process === undefined) return undefined; // it was never started
  await endMarked(engineMarker(state));
  const file = new StateFile<LabState>(paths.state, STATE_COPY);
  return await startOwnEngine({
    logFile: paths.engineLog,
    marker: state.marker,
    onStarted: (process) => file.write({ ...state, engine: { ...engine, process } }),
  });
}

/** Removes containers, volumes and networks of the lab; images stay, as they are the cache of an engine. */
async function removeDockerObjects(docker: DockerCli): Promise<void> {
  const ids = async (args: readonly string[]) => (await docker.run(args)).split("\n").filter((id) => id !== "");
  const containers = await ids(["ps", "--all", "--quiet", "--filter", `label=${LAB_LABEL}`]);
  if (containers.length > 0) await docker.try(["rm", "--force", "--volumes", ...containers]);
  const volumes = await ids(["volume", "ls", "--quiet", "--filter", `name=${NAME_PREFIX}`]);
  if (volumes.length > 0) await docker.run(["volume", "rm", "--force", ...volumes]);
  const networks = await ids(["network", "ls", "--quiet", "--filter", `label=${LAB_LABEL}`]);
  if (networks.length > 0) await docker.run(["network", "rm", ...networks]);
}

async function removeNetworkTraces(supervisor: SupervisorState | undefined): Promise<void> {
  const { stdout } = await runCommand("ip", ["-json", "link", "show"]);
  const links = JSON.parse(stdout || "[]") as { readonly ifname: string }[];
  for (const { ifname } of links)
    if (new RegExp(`^${BRIDGE_PREFIX}\\d+$`).test(ifname)) await runCommand("ip", ["link", "delete", ifname]);
  // Last, as the hosts' packets go nowhere only as long as these are there.
  for (const cidr of supervisor?.routes ?? []) await removeRoute(runCommand, cidr);
  if ((await runCommand("iptables", ["--version"])).code === 0) await removeFirewall(runCommand);
  restoreSettings(supervisor?.settings ?? {});
}

async function removeEngine(engine: EngineRecord, marker: string): Promise<void> {
  if (engine.process !== undefined) await stopOwnEngine(engine.process);
  await endMarked(engineMarker({ marker }));
  for (const mount of mountsBelow([RUN_DIRECTORY, cacheDirectory()])) await runCommand("umount", ["--lazy", mount]);
  if (engine.before !== undefined) await removeTraces(runCommand, engine.before);
}

async function endMarked(marker: string): Promise<void> {
  await Promise.all(markedProcesses(marker).map((process) => end(process, GRACE_MILLISECONDS)));
}

/** Mount points below these folders, innermost first. */
function mountsBelow(folders: readonly string[]): string[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`))).reverse();
}

/** The account is gone with the emulator, so Terraform's state of it goes too. Logs and events stay to be read. */
function forget(paths: LabPaths, keepEngine: boolean): void {
  const files = [paths.supervisor, paths.faults, paths.terraformState, paths.terraformConfig, paths.terraformMirror];
  for (const file of keepEngine ? files : [...files, paths.state]) rmSync(file, { recursive: true, force: true });
  if (!keepEngine) releaseMachine();
}
