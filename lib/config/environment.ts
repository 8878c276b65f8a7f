import type { DockerApiAccess } from "../registry/node-settings";

/** One environment: what a file in `stacks/environments` says, with every default filled in. */
export interface EnvironmentConfig {
  /** Name of the environment: 1 to 40 characters, equal to the base name of its file. */
  readonly environment: string;
  /** AWS region, like `eu-west-1`. */
  readonly region: string;
  /**
   * Name of the cluster, which begins the name of everything in AWS.
   *
   * @default - the name of the environment
   */
  readonly cluster: string;
  /**
   * Tags on every resource.
   *
   * @default {}
   */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Where Terraform keeps its state.
   *
   * @default {type: "local"}
   */
  readonly backend: BackendConfig;
  /** The VPC and its subnets. */
  readonly network: NetworkConfig;
  /** The managers, of which each has a slot of its own. */
  readonly managers: ManagersConfig;
  /**
   * The worker pools.
   *
   * @default []
   */
  readonly workers: readonly WorkerPoolConfig[];
  /** Settings of the swarm itself. */
  readonly swarm: SwarmConfig;
  /** The machine image that nodes boot from. */
  readonly image: ImageConfig;
  /**
   * Shared storage.
   *
   * @default {}
   */
  readonly storage: StorageConfig;
  /**
   * What may be reached from outside the cluster; nothing, unless a rule says so.
   *
   * @default []
   */
  readonly access: readonly AccessRule[];
  /** How long a deployment waits for the swarm to be ready. */
  readonly readiness: ReadinessConfig;
}

/** Terraform's state beside the checkout, or in a bucket. */
export type BackendConfig = LocalBackendConfig | S3BackendConfig;

/** State in a local file. */
export interface LocalBackendConfig {
  readonly type: "local";
}

/** State in an S3 bucket. */
export interface S3BackendConfig {
  readonly type: "s3";
  readonly bucket: string;
  /**
   * Region of the bucket.
   *
   * @default - the region of the environment
   */
  readonly region: string;
  /**
   * What the key of the state begins with.
   *
   * @default "cdktf-swarm/"
   */
  readonly prefix: string;
}

/** The VPC and its subnets. */
export interface NetworkConfig {
  /** Private block of the VPC, /16 to /24, without host bits. */
  readonly cidr: string;
  /** One to six availability zones of the region; slots and subnets follow this order. */
  readonly availabilityZones: readonly string[];
  /**
   * Whether nodes have public addresses.
   *
   * @default "private"
   */
  readonly nodeSubnets: "public" | "private";
  /**
   * NAT gateways of private nodes: none, one for all zones, or one for each.
   *
   * @default - "single" when nodes are private, otherwise "none"
   */
  readonly nat: "none" | "single" | "per-zone";
}

/** The managers of the swarm. */
export interface ManagersConfig {
  /**
   * Number of slots: odd, because an even number tolerates no more losses.
   *
   * @default 3
   */
  readonly count: 1 | 3 | 5 | 7;
  /** @default "t3.small" */
  readonly instanceType: string;
  /** @default 20 */
  readonly rootVolumeSizeGiB: number;
}

/** A pool of equal workers: one Auto Scaling group over all zones. */
export interface WorkerPoolConfig {
  /** Unique among the pools, 1 to 32 characters. */
  readonly name: string;
  /**
   * Number of workers that each deploy sets, whatever scaling has made of it.
   *
   * @default - `min` when it is given, otherwise 1
   */
  readonly desired: number;
  /** @default 0 */
  readonly min: number;
  /** @default - twice the larger of `desired` and `min` */
  readonly max: number;
  /** @default "t3.small" */
  readonly instanceType: string;
  /** @default 20 */
  readonly rootVolumeSizeGiB: number;
  /**
   * Node labels for placement constraints, beside `az` and `pool`, which every worker has.
   *
   * @default {}
   */
  readonly labels: Readonly<Record<string, string>>;
}

/** Settings of the swarm; all but the history limit are fixed when the swarm is made. */
export interface SwarmConfig {
  /**
   * Block that overlay networks are cut from; apart from the VPC and from Docker's local networks.
   *
   * @default "10.255.0.0/16"
   */
  readonly addressPool: string;
  /**
   * Prefix length of one overlay network.
   *
   * @default 24
   */
  readonly addressPoolMaskLength: number;
  /**
   * UDP port of overlay traffic.
   *
   * @default 4789
   */
  readonly dataPathPort: number;
  /**
   * Whether managers and operators may reach the Docker API (2375) of nodes.
   *
   * @default "internal"
   */
  readonly dockerApi: DockerApiAccess;
  /** @default 5 */
  readonly heartbeatSeconds: number;
  /** @default 2160 */
  readonly certExpiryHours: number;
  /** @default 5 */
  readonly taskHistoryLimit: number;
  /**
   * Whether managers need a key, kept in Secrets Manager, after a restart.
   *
   * @default false
   */
  readonly autolock: boolean;
}

/** A machine image: by id, by the parameter that holds its id, or the newest of a name. */
export type ImageConfig =
  | { readonly id: string }
  | { readonly ssmParameter: string }
  | { readonly name: string; readonly owners: readonly string[] };

/** Shared storage of the nodes. */
export interface StorageConfig {
  /** A file system mounted on every node; absent means none. */
  readonly efs?: EfsConfig;
  /** The REX-Ray volume plugin; absent means none. */
  readonly rexray?: RexrayConfig;
}

/** An encrypted EFS file system with a mount target in every zone. */
export interface EfsConfig {
  /** @default "/mnt/efs" */
  readonly mountPath: string;
  /** @default "elastic" */
  readonly throughputMode: "elastic" | "bursting";
}

/** A REX-Ray managed plugin, and the volumes it mounts: an encrypted EFS file system each. */
export interface RexrayConfig {
  /** Repository of the plugin, like `rexray/efs`. */
  readonly plugin: string;
  /** Tag of the plugin, like `0.11.4`. */
  readonly tag: string;
  /**
   * Nodes it runs on; they answer to version 1 of the instance metadata service.
   *
   * @default "workers"
   */
  readonly on: "managers" | "workers" | "nodes";
  /**
   * Names of the worker pools it runs on.
   *
   * @default - all, if it runs on workers
   */
  readonly pools?: readonly string[];
  /** Names of the Docker volumes. */
  readonly volumes: readonly string[];
}

/** One opening in the cluster's security groups. */
export interface AccessRule {
  /** What the rule is for; shown in AWS. */
  readonly description: string;
  /** Which nodes it opens. */
  readonly to: "managers" | "workers" | "nodes";
  readonly protocol: "tcp" | "udp";
  /** The port, or the first of a range. */
  readonly port: number;
  /**
   * The last port of a range.
   *
   * @default - `port`
   */
  readonly toPort?: number;
  /** Who may connect: blocks like `203.0.113.0/24`. */
  readonly cidrs: readonly string[];
}

/** Limits of the wait for a ready swarm. */
export interface ReadinessConfig {
  /** @default 900 */
  readonly timeoutSeconds: number;
}
