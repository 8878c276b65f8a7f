import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { LifecycleHooks } from "../ports";
import type { AwsOptions } from "./options";

type Answer = "done" | "no active action";

/** {@link LifecycleHooks} of one instance; the client is loaded when there is a hook to speak of, once per boot. */
export class AutoScalingHooks implements LifecycleHooks {
  private client: AutoScalingClient | undefined;

  public constructor(
    private readonly options: AwsOptions,
    private readonly autoScalingGroup: string,
    private readonly instanceId: string,
  ) {}

  public async complete(hook: string): Promise<Answer> {
    const { CompleteLifecycleActionCommand } = await import("./auto-scaling-client.js");
    const input = { ...this.subject(hook), LifecycleActionResult: "CONTINUE" };
    return this.answer(async (client) => client.send(new CompleteLifecycleActionCommand(input)));
  }

  public async extend(hook: string): Promise<Answer> {
    const { RecordLifecycleActionHeartbeatCommand } = await import("./auto-scaling-client.js");
    const input = this.subject(hook);
    return this.answer(async (client) => client.send(new RecordLifecycleActionHeartbeatCommand(input)));
  }

  private subject(hook: string) {
    return {
      LifecycleHookName: hook,
      AutoScalingGroupName: this.autoScalingGroup,
      InstanceId: this.instanceId,
    };
  }

  private async answer(call: (client: AutoScalingClient) => Promise<unknown>): Promise<Answer> {
    const { AutoScalingClient } = await import("./auto-scaling-client.js");
    this.client ??= new AutoScalingClient(this.options);
    try {
      await call(this.client);
      return "done";
    } catch (error) {
      if (error instanceof Error && /no active lifecycle action/i.test(error.message)) return "no active action";
      throw error;
    }
  }
}
