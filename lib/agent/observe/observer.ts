import { errorText } from "../error-text";
import type { Busy, DockerView, Fact, Observation } from "../model";
import type {
  Clock,
  DiskLock,
  Docker,
  Identity,
  Instances,
  LocalStore,
  Metadata,
  Registry,
  SlotGroups,
} from "../ports";
import { effectiveStatus } from "./engine-state";
import type { ReadPlan } from "./plan";

/** The ports by which the agent sees. */
export interface Senses {
  readonly clock: Clock;
  readonly docker: Docker;
  readonly registry: Registry;
  readonly instances: Instances;
  readonly slotGroups: SlotGroups;
  readonly metadata: Metadata;
  readonly store: LocalStore;
  readonly diskLock: DiskLock;
  /** At least 0, below 1. */
  random(): number;
}

/** What was seen so far; facts stay, with their time, until they are read again. */
type Seen = Omit<
  Observation,
  "now" | "wallTime" | "random" | "self" | "markers" | "hasCertificate" | "isDiskLocked" | "busy"
>;

/** Reads what a plan asks for and puts it beside what is known; a failed read leaves the older fact, and says so. */
export class Observer {
  private seen: Seen = { terminating: false };
  private readMetadataAt: number | undefined;

  public constructor(
    private readonly senses: Senses,
    private readonly self: Identity,
    private readonly slotNumber: number | undefined,
  ) {}

  /** When the metadata service was last asked. */
  public get metadataAt(): number | undefined {
    return this.readMetadataAt;
  }

  public async observe(plan: ReadPlan, busy: Busy | undefined): Promise<Observation> {
    const { clock, store, diskLock, random } = this.senses;
    const [docker, registry, instances, statusChecks, slotGroups, metadata] = await Promise.all([
      this.readDocker(plan),
      this.readRegistry(plan),
      this.readInstances(plan),
      this.readStatusChecks(plan),
      this.readSlotGroups(plan),
      this.readMetadata(plan),
    ]);
    const refusal = await store.refusal();
    const answers = { ...instances, ...statusChecks, ...slotGroups };
    this.seen = { ...this.seen, ...docker, ...registry, ...answers, ...metadata, refusal };
    return {
      ...this.seen,
      now: clock.now(),
      wallTime: clock.wallTime(),
      random: random(),
      self: this.self,
      markers: await store.markers(),
      hasCertificate: await store.hasCertificate(),
      isDiskLocked: await diskLock.isOn(),
      busy,
    };
  }

  private async readDocker(plan: ReadPlan): Promise<Partial<Seen>> {
    const { clock, docker } = this.senses;
    const at = clock.now();
    try {
      const value = await viewDocker(docker);
      const runningContainers = plan.containers ? await docker.runningContainers() : undefined;
      return { docker: { at, value }, dockerError: undefined, runningContainers };
    } catch (error) {
      return { docker: undefined, dockerError: errorText(error) };
    }
  }

  private async readRegistry(plan: ReadPlan): Promise<Partial<Seen>> {
    const { clock, registry } = this.senses;
    const at = clock.now();
    const fact = <T>(value: T): Fact<T> => ({ at, value });
    const found: { -readonly [Name in keyof Seen]?: Seen[Name] } = {};
    const reads: Promise<void>[] = [];
    const read = <T>(due: boolean, ask: () => Promise<T>, keep: (value: T) => void) => {
      if (due) reads.push(ask().then(keep));
    };
    read(
      plan.cluster,
      () => registry.cluster(),
      (value) => {
        found.cluster = fact(value);
      },
    );
    read(
      plan.slot,
      () => this.readSlot(),
      (value) => {
        found.slot = fact(value);
      },
    );
    read(
      plan.tombstone !== undefined,
      () => registry.tombstone(plan.tombstone ?? ""),
      (value) => {
        found.tombstone = fact(value);
      },
    );
    read(
      plan.table,
      () => registry.table(),
      (value) => {
        found.table = fact(value);
        found.cluster = fact(value.cluster);
      },
    );
    if (reads.length === 0) return {};
    const answers = await Promise.allSettled(reads);
    const failure = answers.find((answer) => answer.status === "rejected");
    return {
      ...found,
      registryTriedAt: at,
      registryError: failure === undefined ? undefined : errorText(failure.reason),
    };
  }

  private readSlot() {
    return this.senses.registry.slot(this.slotNumber ?? 0);
  }

  private async readInstances({ instances: asked }: ReadPlan): Promise<Partial<Seen>> {
    if (asked === undefined) return {};
    const { clock, instances } = this.senses;
    const at = clock.now();
    try {
      const answer = await instances.describe(asked);
      return { instances: { at, value: { asked, ...answer } }, instancesError: undefined, instancesTriedAt: at };
    } catch (error) {
      return { instancesError: errorText(error), instancesTriedAt: at };
    }
  }

  private async readStatusChecks({ statusChecks: asked }: ReadPlan): Promise<Partial<Seen>> {
    if (asked === undefined) return {};
    const { at, answer } = await this.attempt(() => this.senses.instances.statusChecks(asked));
    return { statusChecksTriedAt: at, ...(answer === undefined ? {} : { statusChecks: answer }) };
  }

  private async readSlotGroups({ slotGroups: asked }: ReadPlan): Promise<Partial<Seen>> {
    if (asked === undefined) return {};
    const { at, answer } = await this.attempt(() => this.senses.slotGroups.instances(asked));
    return { slotGroupsTriedAt: at, ...(answer === undefined ? {} : { slotGroups: answer }) };
  }

  /** Without an answer nothing is known, and the older one stays what it was. */
  private async attempt<T>(ask: () => Promise<T>): Promise<{ readonly at: number; readonly answer?: Fact<T> }> {
    const at = this.senses.clock.now();
    return ask().then(
      (value) => ({ at, answer: { at, value } }),
      () => ({ at }),
    );
  }

  private async readMetadata(plan: ReadPlan): Promise<Partial<Seen>> {
    if (!plan.metadata || this.seen.terminating) return {};
    this.readMetadataAt = this.senses.clock.now();
    // Without an answer nothing is known, and nothing is not a reason to go.
    const terminating = await this.senses.metadata.terminating().catch(() => false);
    return { terminating };
  }
}

/** Asks dockerd for no more than the node's part in the swarm lets it answer. */
async function viewDocker(docker: Docker): Promise<DockerView> {
  const status = effectiveStatus(await docker.status());
  const { nodeId, controlAvailable, state } = status;
  if (state !== "active" || !controlAvailable || nodeId === undefined) return { status };
  try {
    const self = await docker.node(nodeId);
    const [swarm, nodes] = await Promise.all([
      docker.swarm(),
      self.manager?.leader === true ? docker.nodes() : undefined,
    ]);
    return { status, self, swarm, nodes };
  } catch (error) {
    return { status, controlError: errorText(error) };
  }
}
