import { setTimeout as sleep } from "node:timers/promises";
import { type AccountState, readAccount } from "../emulator/account-state";
import { cutsOf } from "../faults/cuts";
import { type RecordedFault, SLOW_FAULT } from "../faults/records";
import { listHosts } from "../hosts/host-containers";
import { Clocks } from "./clocks";
import { Delays } from "./delays";
import { Fleet, type FleetOptions } from "./fleet";
import { Vpcs, type VpcsOptions } from "./vpcs";

/** How often the account is looked at; a host starts at most this much later than its instance. */
const TICK_MILLISECONDS = 300;

/** What the supervisor is made with. */
export interface SupervisorOptions extends VpcsOptions, Omit<FleetOptions, "networkOf"> {
  /** Base address of the emulator. */
  readonly stateEndpoint: string;
  /** Path of a Python. */
  readonly python: () => Promise<string>;
}

/** Makes this machine match the emulated account, again and again, until it is stopped. */
export class Supervisor {
  private readonly vpcs: Vpcs;
  private readonly fleet: Fleet;
  private readonly delays: Delays;
  private readonly clocks: Clocks;
  private version = -1;
  private faultsVersion = -1;
  private account: AccountState | undefined;
  private stopping = false;

  public constructor(private readonly options: SupervisorOptions) {
    this.vpcs = new Vpcs(options);
    this.delays = new Delays(options.python);
    this.clocks = new Clocks(options.journal);
    this.fleet = new Fleet({ ...options, networkOf: (vpcId) => this.vpcs.networkOf(vpcId) });
  }

  public async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.tick();
        this.options.journal.clearFaults("lab: ");
      } catch (error) {
        this.options.journal.fault(`lab: ${error instanceof Error ? error.message : error}`);
      }
      await sleep(TICK_MILLISECONDS);
    }
  }

  public stop(): void {
    this.stopping = true;
    this.delays.end([]);
    this.vpcs.stop();
  }

  private async tick(): Promise<void> {
    // The faults first: what they say was so before what is seen afterwards.
    const { version: faultsVersion, faults } = this.options.faults.read();
    const read = await readAccount(this.options.stateEndpoint);
    const account = read ?? this.account;
    if (account === undefined) return;
    this.account = account;
    await this.beginDelays(faults);
    const isNew = account.version !== this.version || faultsVersion !== this.faultsVersion;
    if (isNew || this.vpcs.isUnsettled) {
      await this.vpcs.apply(account, { cuts: cutsOf(faults, account), delays: this.delays.of(faults, account) });
      this.version = account.version;
    }
    this.delays.end(faults);
    if (this.clocks.isNeeded(faults)) this.clocks.apply(faults, await listHosts(this.options.docker));
    if (faultsVersion !== this.faultsVersion) {
      this.options.journal.update({ faultsVersion });
      this.faultsVersion = faultsVersion;
    }
    await this.vpcs.keep();
    await this.fleet.apply(account, read === undefined ? [] : faults);
  }

  /** A host that cannot be slowed down is no reason to leave the rest as it is. */
  private async beginDelays(faults: readonly RecordedFault[]): Promise<void> {
    try {
      await this.delays.begin(faults);
      this.options.journal.clearFaults(SLOW_FAULT);
    } catch (error) {
      this.options.journal.fault(`${SLOW_FAULT}${error instanceof Error ? error.message : error}`);
    }
  }
}
