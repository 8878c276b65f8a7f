import { setTimeout as sleep } from "node:timers/promises";
import { readAccount } from "../../../../lib/lab/emulator/account-state";
import { labPaths } from "../../../../lib/lab/machine/paths";
import { type LabState, StateFile, type SupervisorState } from "../../../../lib/lab/state/state-file";
import { readHosts } from "./engines";
import { RegistryProbe } from "./registry";
import type { RegistryView, Sample } from "./sample";

const INTERVAL_MILLISECONDS = 1_000;

/** Looks at the whole lab about once a second, from outside, and keeps what it saw. */
export class Watch {
  public readonly samples: Sample[] = [];
  private readonly files: { readonly state: StateFile<LabState>; readonly supervisor: StateFile<SupervisorState> };
  private probe: { readonly endpoint: string; readonly registry: RegistryProbe } | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  /**
   * @param table - Name of the cluster's registry table.
   * @param onSample - Told each sample; what it starts is its own to wait for.
   */
  public constructor(
    projectDirectory: string,
    private readonly table: string,
    private readonly onSample: (sample: Sample) => void = () => {},
  ) {
    const paths = labPaths(projectDirectory);
    this.files = { state: new StateFile(paths.state), supervisor: new StateFile(paths.supervisor) };
  }

  public get latest(): Sample | undefined {
    return this.samples.at(-1);
  }

  public start(): void {
    this.running = this.run();
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    this.probe?.registry.close();
  }

  /** One look, now. @returns nothing while there is no lab, or the emulator does not answer */
  public async look(): Promise<Sample | undefined> {
    const socket = this.files.state.read()?.engine?.socket;
    const supervisor = this.files.supervisor.read();
    if (!socket || supervisor?.stateEndpoint === undefined || !supervisor.ready) return undefined;
    const endpoint = supervisor.stateEndpoint;
    // The registry last: a member that the engines show is then in it, if it ever is.
    const [hosts, account] = await Promise.all([readHosts(socket), readAccount(endpoint)]);
    const registry = await this.registryAt(endpoint).read();
    if (account === undefined) return undefined;
    const instances = account.instances.map((instance) => ({ ...instance, userData: null }));
    return { time: Date.now(), hosts, instances, ...(registry === undefined ? {} : { registry }) };
  }

  /** The registry alone, now. */
  public async registry(): Promise<RegistryView | undefined> {
    const endpoint = this.files.supervisor.read()?.stateEndpoint;
    return endpoint === undefined ? undefined : await this.registryAt(endpoint).read();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const begun = Date.now();
      const sample = await this.look().catch(() => undefined); // the lab comes up, or goes
      if (sample !== undefined) {
        this.samples.push(sample);
        this.onSample(sample);
      }
      await sleep(Math.max(100, begun + INTERVAL_MILLISECONDS - Date.now()));
    }
  }

  private registryAt(endpoint: string): RegistryProbe {
    if (this.probe?.endpoint !== endpoint) {
      this.probe?.registry.close();
      this.probe = { endpoint, registry: new RegistryProbe(endpoint, this.table) };
    }
    return this.probe.registry;
  }
}
