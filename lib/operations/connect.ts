import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { registryTableName } from "../registry/table-name";
import { DynamoRegistryReader, type RegistryReader } from "./registry-reader";

/** Where a registry is. */
export interface RegistryLocation {
  /** Name of the table. */
  readonly table: string;
  readonly region: string;
  /**
   * URL of the API.
   * @default - `AWS_ENDPOINT_URL` if set, else that of the region
   */
  readonly endpoint?: string;
  /** @default - found as the AWS SDK finds them: environment, profile, instance role */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Opens a cluster's registry for reading. Asks nothing of AWS yet. */
export function connectRegistry(location: RegistryLocation): RegistryReader {
  const client = new DynamoDBClient({
    region: location.region,
    endpoint: location.endpoint,
    credentials: location.credentials,
    // A silent network must not hold up whoever watches: they say what is wrong and ask again.
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  return new DynamoRegistryReader(client, location.table);
}

/** The cluster a registry table belongs to. */
export function clusterOfTable(table: string): string {
  const suffix = registryTableName("");
  return table.endsWith(suffix) ? table.slice(0, -suffix.length) : table;
}
