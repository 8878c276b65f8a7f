import type { AccountState } from "../emulator/account-state";
import type { DockerCli } from "../engine/docker-cli";
import { endedFaults, type FaultScene, overdueHosts } from "../faults/in-effect";
import type { FaultFile, RecordedFault } from "../faults/records";
import { BootWatch } from "../hosts/boot-watch";
import { listHosts, removeHost, resumeHost, startHost, stopHost } from "../hosts/host-containers";
import { operatorName } from "../hosts/host-names";
import { type HostAction, type HostContainer, planHosts, runArguments } from "../hosts/hosts";
import type { VpcNetwork } from "../network/network-plan";
import { EndedBoots } from "./ended-boots";
import type { Journal } from "./journal";

const SHOULD_RUN: ReadonlySet<string> = new Set(["pending", "running"]);

/** After an action failed, how long until it is tried again. */
const RETRY_MILLISECONDS = 2_000;

/** What the fleet is made with. */
export interface FleetOptions {
  readonly docker: DockerCli;
  /** Docker image of the hosts. */
  readonly image: string;
  readonly journal: Journal;
  readonly faults: FaultFile;
  readonly networkOf: (vpcId: string | null) => VpcNetwork | undefined;
  /** Tells the account that an instance has stopped by itself. */
  readonly reportStopped: (instanceId: string, availabilityZone: string) => Promise<void>;
}

/** The hosts: containers that follow the account's instances. Actions on different hosts run side by side. */
export class Fleet {
  private readonly busy = new Set<string>();
  private readonly stopped = new Set<string>();
  private readonly launched = new Set<string>();
  /** Names given to hosts whose containers do not show yet. */
  private readonly named = new Map<string, string>();
  private boots: BootWatch[] = [];
  private readonly endedBoots: EndedBoots;

  public constructor(private readonly options: FleetOptions) {
    const { docker, journal, faults } = options;
    this.endedBoots = new EndedBoots(docker, journal, (id) =>
      faults.read().faults.some((fault) => fault.kind === "kill" && fault.instanceId === id),
    );
  }

  /**
   * Starts what has to be done, and does not wait for it.
   *
   * @param recorded - Faults on record when the account was read.
   */
  public async apply(account: AccountState, recorded: readonly RecordedFault[] = []): Promise<void> {
    const { docker, journal } = this.options;
    for (const { id, state } of account.instances) {
      // Also a host that was dead already when the API stopped it.
      if (state === "stopped") this.stopped.add(id);
      if (this.launched.has(id)) continue;
      this.launched.add(id);
      journal.event({ event: "instance-launched", instanceId: id });
    }
    const containers = await listHosts(docker);
    const overdue = await this.settleFaults(recorded, { instances: account.instances, containers });
    for (const action of planHosts(account.instances, containers, this.stopped, overdue)) {
      const id = action.kind === "run" ? action.instance.id : action.instanceId;
      if (!this.busy.has(id)) void this.perform(id, action, account, containers);
    }
    await this.watchBoots();
    const running = new Set(account.instances.filter(({ state }) => SHOULD_RUN.has(state)).map(({ id }) => id));
    const booting = this.boots
      .map(({ instanceId }) => instanceId)
      .filter((id) => running.has(id) && !this.stopped.has(id));
    this.endedBoots.look(booting, containers);
  }

  /** Forgets faults that are over, and names the instances whose fault has to be ended now. */
  private async settleFaults(recorded: readonly RecordedFault[], scene: FaultScene): Promise<ReadonlySet<string>> {
    const now = Date.now();
    const ended = new Set(endedFaults(recorded, scene, now).map(({ id }) => id));
    if (ended.size > 0) await this.options.faults.update((faults) => faults.filter(({ id }) => !ended.has(id)));
    return new Set(
      overdueHosts(
        recorded.filter(({ id }) => !ended.has(id)),
        now,
      ),
    );
  }

  private async perform(
    id: string,
    action: HostAction,
    account: AccountState,
    containers: readonly HostContainer[],
  ): Promise<void> {
    this.busy.add(id);
    try {
      await this.act(id, action, account, containers);
      this.options.journal.clearFaults(`${id}: `);
      this.busy.delete(id);
    } catch (error) {
      this.options.journal.fault(`${id}: ${action.kind} failed: ${error instanceof Error ? error.message : error}`);
      setTimeout(() => this.busy.delete(id), RETRY_MILLISECONDS);
    }
  }

  private async act(
    id: string,
    action: HostAction,
    account: AccountState,
    containers: readonly HostContainer[],
  ): Promise<void> {
    const { docker } = this.options;
    switch (action.kind) {
      case "run":
        return this.run(action, containers);
      case "start":
        await startHost(docker, id);
        this.stopped.delete(id);
        return this.watch(id);
      case "resume":
        return resumeHost(docker, id);
      case "stop":
        this.stopped.add(id);
        return stopHost(docker, id);
      case "remove":
        await removeHost(docker, id);
        this.named.delete(id);
        return this.options.journal.event({ event: "container-removed", instanceId: id });
      case "report-stopped": {
        this.stopped.add(id);
        const instance = account.instances.find((candidate) => candidate.id === id);
        return this.options.reportStopped(id, instance?.availabilityZone ?? "");
      }
    }
  }

  private async run(
    { instance }: Extract<HostAction, { kind: "run" }>,
    containers: readonly HostContainer[],
  ): Promise<void> {
    const { docker, image, journal, networkOf } = this.options;
    const network = networkOf(instance.vpcId);
    if (network === undefined) return; // its VPC is refused, which is a fault of its own
    const taken = new Set([...containers.map(({ name }) => name), ...this.named.values()]);
    const name = this.named.get(instance.id) ?? operatorName(instance, taken);
    this.named.set(instance.id, name);
    await docker.run(runArguments(instance, network, image, name));
    journal.event({ event: "container-started", instanceId: instance.id, host: name });
    this.watch(instance.id);
  }

  private watch(instanceId: string): void {
    this.boots = [
      ...this.boots.filter((boot) => boot.instanceId !== instanceId),
      new BootWatch(this.options.docker, instanceId),
    ];
  }

  private async watchBoots(): Promise<void> {
    for (const boot of this.boots) {
      // A host that went away in the middle of its boot is nobody's fault.
      for (const event of await boot.advance().catch(() => []))
        this.options.journal.event({ event, instanceId: boot.instanceId, host: this.named.get(boot.instanceId) });
    }
    this.boots = this.boots.filter((boot) => !boot.isDone);
  }
}
