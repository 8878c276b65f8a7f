import type {
  Instance,
  Instances,
  InstancesAnswer,
  LifecycleHooks,
  SlotGroups,
  StatusCheck,
} from "../../../lib/agent/ports";

/** EC2 and Auto Scaling, as far as nodes ask them. */
export class SimulatedCloud implements Instances, SlotGroups {
  private readonly instances = new Map<string, Instance>();
  /** Hooks that wait, by instance id. */
  private readonly waiting = new Map<string, Set<string>>();
  /** Hooks that were completed, as `instance hook`. */
  public readonly completed: string[] = [];
  public questions = 0;

  public launch(instance: Omit<Instance, "state">, hooks: readonly string[]): void {
    this.instances.set(instance.instanceId, { ...instance, state: "running" });
    this.waiting.set(instance.instanceId, new Set(hooks));
  }

  public terminate(instanceId: string): void {
    this.show(instanceId, "terminated");
  }

  public show(instanceId: string, state: Instance["state"]): void {
    const instance = this.instances.get(instanceId);
    if (instance !== undefined) this.instances.set(instanceId, { ...instance, state });
  }

  public async describe(instanceIds: readonly string[]): Promise<InstancesAnswer> {
    this.questions++;
    const found = instanceIds.flatMap((id) => this.instances.get(id) ?? []);
    return { found, missing: instanceIds.filter((id) => !this.instances.has(id)) };
  }

  public async replace(instanceId: string): Promise<"done" | "not in a group"> {
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
