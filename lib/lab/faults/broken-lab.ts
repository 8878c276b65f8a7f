import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../errors";
import { readAccount } from "../account-state";
import type { AwsControl } from "../aws-control";
import { type DockerCli, dockerCli } from "../docker-cli";
import { listHosts } from "../host-containers";
import { labPaths } from "../paths";
import { isAlive } from "../processes";
import { type LabState, StateFile, type SupervisorState } from "../state-file";
import type { FaultScene } from "./in-effect";
import { FaultFile } from "./records";

const POLL_MILLISECONDS = 200;
/** A host shuts down within 15 s and boots within 20 s, on a machine that has better to do. */
const PATIENCE_MILLISECONDS = 90_000;

/** A lab that runs, as faults need it. */
export class BrokenLab {
  public readonly faults: FaultFile;

  private constructor(
    public readonly docker: DockerCli,
    /** The emulator itself. */
    public readonly endpoint: string,
    /** Where faults of the AWS API are asked for. */
    public readonly control: AwsControl,
    private readonly supervisor: StateFile<SupervisorState>,
    faultFile: string,
    private readonly supervisorLog: string,
  ) {
    this.faults = new FaultFile(faultFile);
  }

  /** Opens the project's lab; throws when it is not up. */
  public static open(projectDirectory: string): BrokenLab {
    const paths = labPaths(projectDirectory);
    const state = new StateFile<LabState>(paths.state).read();
    if (state?.engine === undefined || !existsSync(state.engine.socket))
      throw new OperationError("lab-down", "there is no lab here; start one with: cdktf-swarm lab up");
    const supervisor = new StateFile<SupervisorState>(paths.supervisor);
    const { endpoint: front, stateEndpoint } = supervisor.read() ?? {};
    const isRunning = state.supervisor !== undefined && isAlive(state.supervisor);
    if (!isRunning || stateEndpoint === undefined || front === undefined)
      throw new OperationError("lab-broken", `the lab's supervisor does not run; read ${paths.supervisorLog}`);
    const docker = dockerCli(state.engine.socket);
    return new BrokenLab(docker, stateEndpoint, { endpoint: front }, supervisor, paths.faults, paths.supervisorLog);
  }

  /** What is there now. */
  public async look(): Promise<FaultScene> {
    const [account, containers] = await Promise.all([readAccount(this.endpoint), listHosts(this.docker)]);
    if (account === undefined) throw new OperationError("lab-broken", "the emulated AWS does not answer");
    return { instances: account.instances, containers };
  }

  /** Waits until the supervisor has made this machine match the recorded faults. */
  public async settled(version: number): Promise<void> {
    await this.until("the firewall is as asked", async () => (this.supervisor.read()?.faultsVersion ?? -1) >= version);
  }

  /** What the supervisor says it cannot do. */
  public supervisorFaults(): readonly string[] {
    return this.supervisor.read()?.faults ?? [];
  }

  /** Waits until something holds of what is there. */
  public async untilScene(what: string, holds: (scene: FaultScene) => boolean): Promise<void> {
    await this.until(what, async () => holds(await this.look()));
  }

  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MILLISECONDS; !(await holds()); await sleep(POLL_MILLISECONDS))
      if (Date.now() > deadline)
        throw new OperationError(
          "fault-late",
          `waited ${PATIENCE_MILLISECONDS / 1000} s until ${what}, in vain; read ${this.supervisorLog}`,
        );
  }
}
