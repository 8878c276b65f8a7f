import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { RecordWriter } from "../registry/record-writer";
import { registryTableName } from "../registry/table-name";
import type { GroupSizes } from "./group-sizes";
import type { Instances } from "./instances";
import { DynamoRegistryReader, type RegistryReader } from "./registry-reader";

/** Where AWS is, and who asks. */
export interface AwsLocation {
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

/** Where a registry is. */
export interface RegistryLocation extends AwsLocation {
  /** Name of the table. */
  readonly table: string;
}

/** What operations write to a registry. */
export type RegistryWriter = Pick<RecordWriter, "change">;

/** Opens a cluster's registry for reading. Asks nothing of AWS yet. */
export function connectRegistry(location: RegistryLocation): RegistryReader {
  return new DynamoRegistryReader(new DynamoDBClient(clientOptions(location)), location.table);
}

/** Opens a cluster's registry for writing. Asks nothing of AWS yet. */
export function connectRegistryWriter(location: RegistryLocation): RegistryWriter {
  return new RecordWriter(new DynamoDBClient(clientOptions(location)), location.table, randomUUID);
}

/** Opens EC2; its client is large and is loaded only now. Asks nothing of AWS yet. */
export async function connectInstances(location: AwsLocation): Promise<Instances> {
  const { EC2Client, Ec2Instances } = await import("./ec2-instances.js");
  return new Ec2Instances(new EC2Client(clientOptions(location)));
}

/** Opens Auto Scaling; its client is loaded only now. Asks nothing of AWS yet. */
export async function connectGroupSizes(location: AwsLocation): Promise<GroupSizes> {
  const { AutoScalingClient, AutoScalingSizes } = await import("./auto-scaling-sizes.js");
  return new AutoScalingSizes(new AutoScalingClient(clientOptions(location)));
}

/** The cluster a registry table belongs to. */
export function clusterOfTable(table: string): string {
  const suffix = registryTableName("");
  return table.endsWith(suffix) ? table.slice(0, -suffix.length) : table;
}

/** What goes wrong comes as an error. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function clientOptions({ region, endpoint, credentials }: AwsLocation) {
  return {
    region,
    endpoint,
    credentials,
    // A silent network must not hold up whoever watches: they say what is wrong and ask again.
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      // Else its warnings go to the terminal, past whoever writes there.
      logger: SILENT,
    },
  };
}
