import type {
  Instance,
  Instances,
  InstancesAnswer,
  LifecycleHooks,
  SlotGroup,
  SlotGroups,
  StatusCheck,
} from "../../../lib/agent/ports";

/** EC2 and Auto Scaling, as far as nodes ask them. */
export class SimulatedCloud implements Instances, SlotGroups {
  private readonly launched = new Map<string, Instance>();
  /** Instances their groups count as their own no more. */
  public readonly replaced = new Set<string>();
  /** Hooks that wait, by instance id. */
  private readonly waiting = new Map<string, Set<string>>();
  /** Hooks that were completed, as `instance hook`. */
  public readonly completed: string[] = [];
  public questions = 0;

  public launch(instance: Omit<Instance, "state">, hooks: readonly string[]): void {
    this.launched.set(instance.instanceId, { ...instance, state: "running" });
    this.waiting.set(instance.instanceId, new Set(hooks));
  }

  public terminate(instanceId: string): void {
    this.show(instanceId, "terminated");
  }

  public show(instanceId: string, state: Instance["state"]): void {
    const instance = this.launched.get(instanceId);
    if (instance !== undefined) this.launched.set(instanceId, { ...instance, state });
  }

  public async describe(instanceIds: readonly string[]): Promise<InstancesAnswer> {
    this.questions++;
    const found = instanceIds.flatMap((id) => this.launched.get(id) ?? []);
    return { found, missing: instanceIds.filter((id) => !this.launched.has(id)) };
  }

  public async instances(groups: readonly string[]): Promise<readonly SlotGroup[]> {
    return groups.flatMap((group) => {
      const ids = [...this.launched.values()]
        .filter(({ autoScalingGroup }) => autoScalingGroup === group)
        .map(({ instanceId }) => instanceId);
      // A group is there when an instance was launched for it.
      return ids.length === 0 ? [] : [{ group, instanceIds: ids.filter((id) => !this.replaced.has(id)) }];
    });
  }

  public async replace(instanceId: string): Promise<"done" | "not in a group"> {
    this.replaced.add(instanceId);
    this.terminate(instanceId);
    return "done";
  }

  public async statusChecks(): Promise<readonly StatusCheck[]> {
    return [];
  }

  public hooksOf(instanceId: string): LifecycleHooks {
    const hooks = this.waiting.get(instanceId);
    return {
      complete: async (hook) => {
        if (hooks?.delete(hook) !== true) return "no active action";
        this.completed.push(`${instanceId} ${hook}`);
        return "done";
      },
      extend: async (hook) => (hooks?.has(hook) ? "done" : "no active action"),
    };
  }
}
