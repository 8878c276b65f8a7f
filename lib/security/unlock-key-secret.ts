import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Construct } from "constructs";
import { physicalName } from "../naming";
import type { PolicyStatement } from "./policy-statement";

/** Properties of an {@link UnlockKeySecret}. */
export interface UnlockKeySecretProps {
  readonly clusterName: string;
}

/**
 * Where the managers of a locked swarm keep its unlock key. It is made empty and filled by the leader, so that the key
 * is never in Terraform's state.
 */
export class UnlockKeySecret extends Construct {
  /** Underlying secret, for properties this construct does not expose. */
  public readonly resource: SecretsmanagerSecret;

  public constructor(scope: Construct, id: string, props: UnlockKeySecretProps) {
    super(scope, id);
    this.resource = new SecretsmanagerSecret(this, "Resource", {
      name: physicalName.unlockKeySecret(props.clusterName),
      description: `Key that unlocks the managers of the swarm ${props.clusterName} after a restart`,
      // A key of a destroyed swarm unlocks nothing, and the next one of this name needs the secret's.
      recoveryWindowInDays: 0,
    });
  }

  public get secretArn(): string {
    return this.resource.arn;
  }

  /** What managers need to be allowed. */
  public get statements(): readonly PolicyStatement[] {
    const actions = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"];
    return [{ sid: "UnlockKey", effect: "Allow", actions, resources: [this.secretArn] }];
  }
}
