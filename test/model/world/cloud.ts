import type { Instance, InstancesAnswer, SlotGroup, StatusCheck } from "../../../lib/agent/ports";
import type { Machine } from "./machine";
import type { World } from "./world";

/** Time EC2 shows a terminated instance for. */
const FORGOTTEN_AFTER = 3_600_000;

/** What EC2 and Auto Scaling say: late by a delay, and as faulty as the world has it. */
export class Cloud {
  public mode: "well" | "error" | "empty" | "partial" = "well";
  /** How far EC2's answers are behind the truth, in milliseconds. */
  public delay = 1_000;
  private readonly secret: string[] = [];
  /** Instances the groups of slots count as their own, dead ones too: nothing replaces those by itself. */
  private readonly inGroups = new Set<Machine>();

  public constructor(private readonly world: World) {}

  public launched(machine: Machine): void {
    machine.shown.push({ at: this.world.schedule.now, state: "running" });
    if (machine.settings.slot !== undefined) this.inGroups.add(machine);
  }

  /** What EC2 says of instances: those it knows, and those it says not to know. */
  public describe(asker: Machine, ids: readonly string[]): InstancesAnswer {
    this.mustAnswer();
    if (this.mode === "empty") return { found: [], missing: [] };
    return this.look(this.mode === "partial" ? ids.filter((id) => id === asker.self.instanceId) : ids);
  }

  /** EC2's answer when it is well. */
  public look(asked: readonly string[]): InstancesAnswer {
    const found = asked.flatMap((id) => this.find(id) ?? []);
    const known = new Set(found.map(({ instanceId }) => instanceId));
    return { found, missing: asked.filter((id) => !known.has(id)) };
  }

  /** Status checks of those of the instances that run. */
  public statusChecks(ids: readonly string[]): readonly StatusCheck[] {
    this.mustAnswer();
    if (this.mode !== "well") return [];
    return this.world.machines
      .filter(({ self, instance }) => ids.includes(self.instanceId) && instance === "running")
      .map(({ self, impaired }) => ({ instanceId: self.instanceId, checks: impaired ? "impaired" : "ok" }));
  }

  /** DescribeAutoScalingGroups; who knows the groups is not behind the truth. */
  public instances(asker: Machine, groups: readonly string[]): readonly SlotGroup[] {
    this.mustAnswer();
    if (this.mode === "empty") return [];
    const existing = (asker.settings.slotGroups ?? []).slice(0, this.world.slots);
    const own = asker.settings.autoScalingGroup;
    const told = groups.filter((name) => existing.includes(name) && (this.mode !== "partial" || name === own));
    return told.map((group) => ({
      group,
      instanceIds: [...this.inGroups]
        .filter(({ settings }) => settings.autoScalingGroup === group)
        .map(({ self }) => self.instanceId),
    }));
  }

  /** TerminateInstanceInAutoScalingGroup without decrement: the group launches another instance. */
  public replace(instanceId: string): "done" | "not in a group" {
    this.mustAnswer();
    const { world } = this;
    const machine = [...this.inGroups].find(({ self }) => self.instanceId === instanceId);
    const slot = machine?.settings.slot;
    if (machine === undefined || slot === undefined) return "not in a group";
    this.inGroups.delete(machine);
    world.terminate(machine);
    world.schedule.in(world.times.reaction(), () => {
      if (slot < world.slots) world.launchManager(slot);
    });
    return "done";
  }

  public readSecret(which: "current" | "previous"): string | undefined {
    this.mustAnswer();
    return this.secret.at(which === "current" ? -1 : -2);
  }

  /** Whether managers that are locked find what they need. */
  public holds(key: string | undefined): boolean {
    return this.secret.slice(-2).includes(key ?? "");
  }

  public writeSecret(key: string): void {
    this.mustAnswer();
    this.secret.push(key);
  }

  /** Instances of a slot's group, dead or alive. */
  public ofSlot(slot: number): readonly Machine[] {
    return [...this.inGroups].filter(({ settings }) => settings.slot === slot);
  }

  /** Deletes the group of a slot with its instances. */
  public deleteGroup(slot: number): void {
    for (const machine of this.ofSlot(slot)) {
      this.inGroups.delete(machine);
      this.world.terminate(machine);
    }
  }

  private mustAnswer(): void {
    if (this.mode === "error") throw new Error("RequestLimitExceeded");
  }

  private find(id: string): Instance | undefined {
    const { world } = this;
    const machine = world.machines.find(({ self }) => self.instanceId === id);
    const shown = machine?.shown.findLast(({ at }) => at <= world.schedule.now - this.delay);
    if (machine === undefined || shown === undefined) return undefined;
    if (shown.state === "terminated" && world.schedule.now - shown.at > FORGOTTEN_AFTER) return undefined;
    const { settings, address } = machine;
    return {
      instanceId: id,
      state: shown.state,
      privateAddress: shown.state === "terminated" ? undefined : address,
      autoScalingGroup: settings.autoScalingGroup,
      instanceProfile: settings.role === "manager" ? "apps-manager" : "apps-worker",
    };
  }
}
