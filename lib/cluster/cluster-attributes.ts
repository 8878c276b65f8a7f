import type { Construct } from "constructs";
import { managerCount } from "../limits/nodes";
import { mountPath } from "../limits/storage";
import { dockerApi } from "../limits/swarm";
import type { SwarmNetworkAttributes } from "../network/network";
import type { MachineImage } from "../nodes/machine-image";
import type { ClusterSettings } from "../nodes/node-group";
import type { UserDataSnippet } from "../nodes/user-data-snippet";
import type { WorkerPool, WorkerPoolOptions } from "../nodes/worker-pool";
import { registryTableName } from "../registry/table-name";
import type { RexrayAttributes } from "../storage/rexray-plugin";
import type { ReadinessOptions } from "./readiness-gate";
import { type SwarmOptions, swarmSettings } from "./swarm-settings";

/** A swarm, made by `SwarmCluster` or there before. */
export interface ISwarmCluster {
  readonly clusterName: string;
  /** Pools of workers that were added here, in that order. */
  readonly workerPools: readonly WorkerPool[];
  /**
   * Adds a pool of workers.
   *
   * @param name unique in the cluster, and part of the pool's identity
   */
  addWorkerPool(name: string, options?: WorkerPoolOptions): WorkerPool;
}

/**
 * A cluster that was there before: what its nodes need to know. `SwarmCluster.attributes` says all of it to another
 * stack of the app; to another app, the cluster's outputs of these names do.
 */
export interface SwarmClusterAttributes {
  /** Name of the cluster, known at synth. */
  readonly clusterName: string;
  readonly region: string;
  /** Network of the nodes. */
  readonly network: SwarmNetworkAttributes;
  /** What nodes boot unless their pool says otherwise. */
  readonly image: MachineImage;
  /** Identifies this life of the cluster (output `nonce`). */
  readonly nonce: string;
  /** Security group of the workers (output `worker_security_group_id`). */
  readonly workerSecurityGroupId: string;
  /** Unique id of the workers' role, `AROA…` (output `worker_role_unique_id`). */
  readonly workerRoleUniqueId: string;
  /**
   * Name of the workers' role and of its instance profile.
   *
   * @default - the one a cluster of this name makes
   */
  readonly workerRoleName?: string;
  /**
   * Number of manager slots.
   *
   * @default 3
   */
  readonly managerCount?: number;
  /** @default - see each; `dockerApi` alone concerns workers */
  readonly swarm?: SwarmOptions;
  /**
   * File system mounted on every node.
   *
   * @default - none
   */
  readonly efs?: MountedFileSystem;
  /**
   * REX-Ray as it runs on workers.
   *
   * @default - it does not
   */
  readonly rexray?: RexrayAttributes;
  /** @default - a deploy waits for up to 15 minutes until the pools added here are Ready */
  readonly readiness?: ReadinessOptions;
  /**
   * Further parts of every node's user data, before those of its pool.
   *
   * @default - none
   */
  readonly userDataSnippets?: readonly UserDataSnippet[];
  /**
   * The `AwsProvider` to use; one of the stack.
   *
   * @default - the one without an alias
   */
  readonly provider?: Construct;
}

/** A file system as nodes mount it. */
export interface MountedFileSystem {
  readonly fileSystemId: string;
  readonly dnsName: string;
  /**
   * Where it is mounted.
   *
   * @default /mnt/efs
   */
  readonly mountPath?: string;
}

/** What every node of a cluster is told, beside what it has of REX-Ray. */
export function clusterSettings(
  cluster: Pick<SwarmClusterAttributes, "clusterName" | "region" | "nonce" | "managerCount" | "swarm" | "efs">,
): Omit<ClusterSettings, "rexray"> {
  const { clusterName, region, nonce, swarm = {}, efs } = cluster;
  return {
    cluster: clusterName,
    table: registryTableName(clusterName),
    region,
    nonce,
    slots: cluster.managerCount ?? managerCount.default,
    swarm: swarmSettings(swarm),
    dockerApi: swarm.dockerApi ?? dockerApi.default,
    efs: efs && { ...efs, mountPath: efs.mountPath ?? mountPath.default },
  };
}
