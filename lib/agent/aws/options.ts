/** How the agent's AWS clients are set up; credentials are the instance's role, by the SDK's own chain. */
export interface AwsOptions {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/** A slow answer must not hold up the loop: what it was asked for is old by then. */
export function awsOptions(region: string): AwsOptions {
  // Unless told to throw, the SDK only warns when the time has run out, and waits on.
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true };
  return { region, maxAttempts: 3, requestHandler };
}
