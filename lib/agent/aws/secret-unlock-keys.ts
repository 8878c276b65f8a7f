import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { UnlockKeys } from "../ports";
import type { AwsOptions } from "./options";

const STAGES = { current: "AWSCURRENT", previous: "AWSPREVIOUS" } as const;

/** {@link UnlockKeys} in a secret of Secrets Manager; the client is loaded when a manager is locked, or leads. */
export class SecretUnlockKeys implements UnlockKeys {
  private client: SecretsManagerClient | undefined;

  public constructor(
    private readonly options: AwsOptions,
    private readonly secret: string,
  ) {}

  public async read(which: "current" | "previous"): Promise<string | undefined> {
    const { GetSecretValueCommand, ResourceNotFoundException } = await import("./secrets-manager-client.js");
    const client = await this.connect();
    try {
      const input = { SecretId: this.secret, VersionStage: STAGES[which] };
      const { SecretString } = await client.send(new GetSecretValueCommand(input));
      return SecretString;
    } catch (error) {
      // The secret is made without a value.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  public async write(key: string): Promise<void> {
    const { PutSecretValueCommand } = await import("./secrets-manager-client.js");
    const client = await this.connect();
    await client.send(new PutSecretValueCommand({ SecretId: this.secret, SecretString: key }));
  }

  private async connect(): Promise<SecretsManagerClient> {
    const { SecretsManagerClient } = await import("./secrets-manager-client.js");
    this.client ??= new SecretsManagerClient(this.options);
    return this.client;
  }
}
