import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { type EnvironmentConfig, loadEnvironments, loadProjectEnvironment, projectEnvironments } from "../config";
import { OperationError } from "../errors";
import { cleanUp } from "./down";
import { keptTimings, newTimings } from "./emulator/timings";
import { type DockerCli, dockerCli } from "./engine/docker-cli";
import { findEngine, ownEngine, startOwnEngine } from "./engine/engine";
import { readTraces } from "./engine/engine-traces";
import { refuseToDiscard } from "./hosts/discard";
import { ENDED_HOST, refuseEndedHosts } from "./hosts/ended-hosts";
import { ensureHostImage } from "./image";
import { runCommand } from "./machine/command";
import { kernelLimits } from "./machine/kernel-settings";
import { type LabPaths, labPaths, STATE_COPY } from "./machine/paths";
import { ensurePrerequisites, readOsRelease } from "./machine/prerequisites";
import { identify, isAlive, isSame, MARKER_VARIABLE } from "./machine/processes";
import { refuseOverlap } from "./network/network";
import { claimMachine, isAbandoned, refuseForeignLab } from "./owner";
import { readEvents, recordEvent } from "./state/events";
import { type LabState, StateFile, type SupervisorState } from "./state/state-file";
import { labStatus } from "./status";
import { startSupervisor } from "./supervisor/start";
import { deploy } from "./terraform/deploy";
import { childEnvironment } from "./terraform/shell-environment";
import { findProvider, wantedProvider, writeTerraformConfig } from "./terraform/terraform-provider";
import type { LabPhase, LabPhaseTime, LabUpOptions, LabUpResult, ProgressListener } from "./types";

/** How often faults of the supervisor are looked for while Terraform works. */
const FAULT_MILLISECONDS = 500;

/**
 * Brings up what is missing of the lab and deploys an environment to it; with everything in place it changes nothing.
 */
export async function labUp(options: LabUpOptions): Promise<LabUpResult> {
  return await new Up(options).run();
}

class Up {
  private readonly directory: string;
  private readonly paths: LabPaths;
  private readonly file: StateFile<LabState>;
  private readonly onProgress: ProgressListener;
  private readonly times: LabPhaseTime[] = [];

  public constructor(private readonly options: LabUpOptions) {
    this.directory = resolve(options.projectDirectory);
    this.paths = labPaths(this.directory);
    this.file = new StateFile<LabState>(this.paths.state, STATE_COPY);
    this.onProgress = options.onProgress ?? (() => {});
  }

  public async run(): Promise<LabUpResult> {
    const { environment } = this.options;
    const config = loadProjectEnvironment(this.directory, environment);
    this.refuseSecondUp();
    refuseForeignLab(this.directory);
    if (process.getuid?.() !== 0) await this.prerequisites(config); // which says all that is missing, root included
    if (isAbandoned()) await this.removeRemains(false);
    claimMachine(this.directory);
    await this.prepareState(config);
    recordEvent(this.paths.events, { event: "up-started", detail: environment });
    await this.phase("prerequisites", () => this.prerequisites(config));
    const docker = await this.phase("engine", () => this.engine());
    await this.phase("image", () => this.image(docker));
    await this.phase("provider", () => this.provider());
    await this.phase("supervisor", () => this.supervisor());
    const { changed } = await this.phase("deploy", () => this.deploy());
    recordEvent(this.paths.events, { event: "up-done", detail: environment });
    const { hosts } = await labStatus({ projectDirectory: this.directory });
    return { environment, hosts, changed, phases: this.times, deployLog: this.paths.deployLog };
  }

  private refuseSecondUp(): void {
    const other = this.file.read()?.up;
    const own = identify(process.pid);
    if (other === undefined || own === undefined || isSame(other, own) || !isAlive(other)) return;
    throw new OperationError("LabBusy", `another lab up is at work on this project (process ${other.pid})`);
  }

  /** Writes down who is at work. A lab whose emulator is gone is no lab: the account was in its memory. */
  private async prepareState(config: EnvironmentConfig): Promise<void> {
    mkdirSync(this.paths.logs, { recursive: true });
    const before = this.file.read();
    const isUp = before?.supervisor !== undefined && isAlive(before.supervisor);
    const timings = isUp && before.timings ? keptTimings(before.timings, this.options) : newTimings(this.options);
    if (before !== undefined && !isUp) {
      if (this.options.discard !== true) await refuseToDiscard(before, config.environment);
      await this.removeRemains(true);
    }
    if (!isUp) rmSync(this.paths.events, { force: true }); // another lab's
    const marker = before?.marker ?? randomUUID();
    process.env[MARKER_VARIABLE] = marker; // all that we start inherits it
    this.file.write({
      ...(isUp ? before : { engine: this.file.read()?.engine }),
      schema: 1,
      environment: config.environment,
      region: config.region,
      marker,
      timings,
      emulator: imagesOf(this.environments(config)),
      up: identify(process.pid),
    });
  }

  private async removeRemains(keepEngine: boolean): Promise<void> {
    this.say("down", "what is left of an earlier lab is removed first");
    await cleanUp(this.directory, { keepEngine, onProgress: this.onProgress });
  }

  /** Every environment of the project that can be read: the emulator is started once, for whichever is deployed. */
  private environments(config: EnvironmentConfig): EnvironmentConfig[] {
    // Faults of others are told to those who deploy them.
    const files = projectEnvironments(this.directory).map(({ file }) => file);
    const others = loadEnvironments(files).environments.map((environment) => environment.config);
    return [config, ...others];
  }

  private async prerequisites(config: EnvironmentConfig): Promise<void> {
    await ensurePrerequisites({
      run: runCommand,
      hasEngine: (await this.runningEngine()) !== undefined,
      isRoot: process.getuid?.() === 0,
      osRelease: readOsRelease(),
      onInstall: (packages) => this.say("prerequisites", `installing ${packages.join(", ")}`),
    });
    await refuseOverlap(runCommand, config.network.cidr);
  }

  private async runningEngine(): Promise<DockerCli | undefined> {
    const engine = this.file.read()?.engine;
    return (engine?.own ? ownEngine(engine.process) : undefined) ?? (await findEngine());
  }

  private async engine(): Promise<DockerCli> {
    const recorded = this.file.read()?.engine;
    const running = await this.runningEngine();
    if (running !== undefined) {
      const own = recorded?.own === true && recorded.socket === running.socket;
      this.update({ engine: own ? recorded : { socket: running.socket, own: false } });
      return running;
    }
    this.say("engine", "starting a Docker engine for the lab");
    const before = recorded?.before ?? (await readTraces(runCommand));
    const record = { socket: "", own: true, before };
    this.update({ engine: record });
    const docker = await startOwnEngine({
      logFile: this.paths.engineLog,
      marker: this.state().marker,
      onStarted: (process) => this.update({ engine: { ...record, process } }),
    });
    this.update({ engine: { ...record, ...this.state().engine, socket: docker.socket } });
    return dockerCli(docker.socket);
  }

  private async image(docker: DockerCli): Promise<void> {
    const { image } = await ensureHostImage(docker, { onProgress: (message) => this.say("image", message) });
    this.update({ image });
  }

  private async provider(): Promise<void> {
    const wanted = wantedProvider(this.directory);
    const origin = await findProvider(wanted);
    if (origin.kind === "registry") return this.say("provider", `${wanted.source} ${wanted.version} from the registry`);
    const files = { mirror: this.paths.terraformMirror, config: this.paths.terraformConfig };
    writeTerraformConfig(wanted, origin.directory, files);
    this.say("provider", `${wanted.source} ${wanted.version} from ${origin.directory}`);
  }

  private async supervisor(): Promise<void> {
    const { supervisor, marker } = this.state();
    if (supervisor !== undefined && isAlive(supervisor)) return;
    for (const limit of await kernelLimits(runCommand)) this.say("hosts", limit);
    this.say("supervisor", "starting the emulated AWS");
    await startSupervisor({
      projectDirectory: this.directory,
      paths: this.paths,
      marker,
      onStarted: (process) => this.update({ supervisor: process }),
    });
  }

  private async deploy(): Promise<{ readonly changed: boolean }> {
    const seen = new Set(readEvents(this.paths.events).map(({ time }) => time));
    const supervisor = new StateFile<SupervisorState>(this.paths.supervisor);
    const inVain = new AbortController();
    const faults = setInterval(() => {
      if (supervisor.read()?.faults.some((fault) => fault.startsWith(ENDED_HOST))) inVain.abort();
      for (const { time, event, detail } of readEvents(this.paths.events)) {
        if (event === "fault" && !seen.has(time)) this.say("hosts", detail ?? "");
        seen.add(time);
      }
    }, FAULT_MILLISECONDS);
    try {
      refuseEndedHosts(supervisor.read());
      return await deploy({
        run: runCommand,
        projectDirectory: this.directory,
        environment: this.options.environment,
        env: await childEnvironment({ projectDirectory: this.directory }),
        logFile: this.paths.deployLog,
        onLine: (line) => this.say("deploy", line),
        signal: inVain.signal,
      });
    } catch (error) {
      if (inVain.signal.aborted) refuseEndedHosts(supervisor.read());
      throw error;
    } finally {
      clearInterval(faults);
    }
  }

  private async phase<T>(phase: LabPhase, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    recordEvent(this.paths.events, { event: "phase-started", detail: phase });
    const result = await work();
    this.times.push({ phase, seconds: (performance.now() - started) / 1000 });
    return result;
  }

  private state(): LabState {
    const state = this.file.read();
    if (state === undefined) throw new OperationError("LabDown", "lab down was run while lab up was at work");
    return state;
  }

  private update(change: Partial<LabState>): void {
    this.file.write({ ...this.state(), ...change });
  }

  private say(phase: LabPhase, message: string): void {
    this.onProgress({ phase, message });
  }
}

/** What the emulated account must have so that the environments' images are found there. */
function imagesOf(environments: readonly EnvironmentConfig[]): LabState["emulator"] {
  const images = environments.flatMap(({ image }) =>
    "name" in image ? image.name.replaceAll("*", "lab").replaceAll("?", "0") : [],
  );
  const parameters = environments.flatMap(({ image }) => ("ssmParameter" in image ? image.ssmParameter : []));
  return {
    ...(images.length > 0 ? { images: [...new Set(images)] } : {}),
    ...(parameters.length > 0 ? { imageParameters: [...new Set(parameters)] } : {}),
  };
}
