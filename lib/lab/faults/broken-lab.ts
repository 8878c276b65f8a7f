import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../errors";
import { readAccount } from "../emulator/account-state";
import { longestSeconds, type TimingProfile } from "../emulator/timings";
import { type DockerCli, dockerCli } from "../engine/docker-cli";
import type { AwsControl } from "../front/aws-control";
import { listHosts } from "../hosts/host-containers";
import { type LabPaths, labPaths } from "../machine/paths";
import { isAlive } from "../machine/processes";
import { noLab } from "../state/no-lab";
import { type LabState, StateFile, type SupervisorState } from "../state/state-file";
import type { Candidate } from "./choose";
import type { FaultScene } from "./in-effect";
import { FaultFile, type RecordedFault } from "./records";

const POLL_MILLISECONDS = 200;
/** A host shuts down within 15 s and boots within 20 s, on a machine that has better to do; what EC2 takes comes on top. */
const PATIENCE_MILLISECONDS = 90_000;

/** Where the parts of a lab are. */
export interface LabParts {
  readonly docker: DockerCli;
  /** The emulator itself. */
  readonly endpoint: string;
  /** Where faults of the AWS API are asked for. */
  readonly control: AwsControl;
  readonly paths: LabPaths;
  /** @default quick */
  readonly timings?: TimingProfile;
}

/** A lab that runs, as faults need it. */
export class BrokenLab {
  public readonly docker: DockerCli;
  public readonly endpoint: string;
  public readonly control: AwsControl;
  public readonly faults: FaultFile;
  private readonly supervisor: StateFile<SupervisorState>;
  private readonly supervisorLog: string;
  private readonly patienceMilliseconds: number;

  public constructor({ docker, endpoint, control, paths, timings = "quick" }: LabParts) {
    this.docker = docker;
    this.endpoint = endpoint;
    this.control = control;
    this.faults = new FaultFile(paths.faults);
    this.supervisor = new StateFile(paths.supervisor);
    this.supervisorLog = paths.supervisorLog;
    const slowest = longestSeconds(timings, "shuttingDown") + longestSeconds(timings, "pending");
    this.patienceMilliseconds = PATIENCE_MILLISECONDS + slowest * 1000;
  }

  /** Opens the project's lab; throws when it is not up. */
  public static open(projectDirectory: string): BrokenLab {
    const paths = labPaths(projectDirectory);
    const state = new StateFile<LabState>(paths.state).read();
    if (state?.engine === undefined || !existsSync(state.engine.socket)) throw noLab();
    const { endpoint: front, stateEndpoint } = new StateFile<SupervisorState>(paths.supervisor).read() ?? {};
    const isRunning = state.supervisor !== undefined && isAlive(state.supervisor);
    if (!isRunning || stateEndpoint === undefined || front === undefined)
      throw new OperationError("LabBroken", `the lab's supervisor does not run; read ${paths.supervisorLog}`);
    const docker = dockerCli(state.engine.socket);
    return new BrokenLab({
      docker,
      endpoint: stateEndpoint,
      control: { endpoint: front },
      paths,
      timings: state.timings?.profile,
    });
  }

  /** What is there now. */
  public async look(): Promise<FaultScene> {
    const [account, containers] = await Promise.all([readAccount(this.endpoint), listHosts(this.docker)]);
    if (account === undefined) throw new OperationError("LabBroken", "the emulated AWS does not answer");
    return { instances: account.instances, containers };
  }

  /** Changes the recorded faults, and waits until the supervisor has made this machine match them. */
  public async change(change: (faults: readonly RecordedFault[]) => readonly RecordedFault[]): Promise<void> {
    const { version } = await this.faults.update(change);
    await this.until(
      "the supervisor has done what was asked",
      async () => (this.supervisor.read()?.faultsVersion ?? -1) >= version,
    );
  }

  /** Puts faults on record in place of those of a kind on the same hosts, and waits until the supervisor has. */
  public async replace(
    kind: "slow" | "clock",
    hosts: readonly Candidate[],
    added: readonly RecordedFault[],
  ): Promise<void> {
    const ids = new Set(hosts.map(({ instance }) => instance.id));
    await this.change((faults) => [
      ...faults.filter((fault) => fault.kind !== kind || !ids.has(fault.instanceId)),
      ...added,
    ]);
  }

  /** Ends faults that are nothing but their records, and waits until the supervisor has. */
  public async endAll(kinds: readonly ("partition" | "slow" | "clock")[]): Promise<void> {
    const ended = new Set<string>(kinds);
    await this.change((faults) => faults.filter(({ kind }) => !ended.has(kind)));
  }

  /** Throws when the supervisor says that it cannot do something. */
  public refuseFailure(prefix: string): void {
    const failure = this.supervisor.read()?.faults.find((fault) => fault.startsWith(prefix));
    if (failure !== undefined) throw new OperationError("FaultFailed", failure);
  }

  /** Waits until something holds of what is there. */
  public async untilScene(what: string, holds: (scene: FaultScene) => boolean): Promise<void> {
    await this.until(what, async () => holds(await this.look()));
  }

  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + this.patienceMilliseconds; !(await holds()); await sleep(POLL_MILLISECONDS))
      if (Date.now() > deadline)
        throw new OperationError(
          "FaultFailed",
          `waited ${Math.round(this.patienceMilliseconds / 1000)} s until ${what}, in vain; read ${this.supervisorLog}`,
        );
  }
}
