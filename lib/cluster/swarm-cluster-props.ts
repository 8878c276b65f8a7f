import type { Construct } from "constructs";
import type { ISwarmNetwork } from "../network/network";
import type { SwarmNetworkOptions } from "../network/swarm-network";
import type { MachineImage } from "../nodes/machine-image";
import type { ManagerGroupOptions } from "../nodes/manager-group";
import type { UserDataSnippet } from "../nodes/user-data-snippet";
import type { WorkerPoolOptions } from "../nodes/worker-pool";
import type { SwarmAccessRule } from "../security/access-rule";
import type { EfsFileSystemOptions } from "../storage/efs-file-system";
import type { RexrayOptions } from "../storage/rexray-plugin";
import type { ReadinessOptions } from "./readiness-gate";
import type { SwarmOptions } from "./swarm-settings";

/** Properties of a {@link SwarmCluster}. */
export interface SwarmClusterProps {
  /** Region of the provider, like `eu-west-1`. */
  readonly region: string;
  /** What nodes boot: an image that holds Docker and the agent. */
  readonly image: MachineImage;
  /**
   * Name that begins the name of everything in AWS: at most 40 lower-case letters, digits and hyphens.
   *
   * @default - the construct's id in lower case
   */
  readonly clusterName?: string;
  /**
   * VPC to make for the cluster. Either this or `existingNetwork` is needed.
   *
   * @default - none is made
   */
  readonly network?: SwarmNetworkOptions;
  /**
   * An existing network: a `SwarmNetwork`, of this stack or another, or what `SwarmNetwork.fromNetworkAttributes` gives.
   *
   * @default - one is made
   */
  readonly existingNetwork?: ISwarmNetwork;
  /** @default - three of them */
  readonly managers?: ManagerGroupOptions;
  /**
   * Pools of workers; `SwarmCluster.addWorkerPool` adds more.
   *
   * @default - none
   */
  readonly workers?: readonly NamedWorkerPool[];
  /** @default - see each */
  readonly swarm?: SwarmOptions;
  /**
   * Storage all nodes share.
   *
   * @default - none
   */
  readonly storage?: StorageOptions;
  /**
   * What is open to addresses outside of the cluster.
   *
   * @default - nothing
   */
  readonly accessRules?: readonly SwarmAccessRule[];
  /** @default - a deploy waits for up to 15 minutes */
  readonly readiness?: ReadinessOptions;
  /**
   * Further parts of every node's user data, before those of its group.
   *
   * @default - none
   */
  readonly userDataSnippets?: readonly UserDataSnippet[];
  /**
   * ARN of the policy that bounds what the nodes' roles may ever do.
   *
   * @default - unbounded
   */
  readonly permissionsBoundary?: string;
  /**
   * The `AwsProvider` to use; one of the stack. The readiness gate goes by the credentials of the environment all the
   * same.
   *
   * @default - the one without an alias
   */
  readonly provider?: Construct;
}

/** A pool of workers by its name. */
export interface NamedWorkerPool extends WorkerPoolOptions {
  /** Unique in the cluster. It is part of the pool's identity: a pool of another name is another pool. */
  readonly name: string;
}

/** Storage all nodes of a cluster share. */
export interface StorageOptions {
  /**
   * An EFS file system mounted on every node.
   *
   * @default - none
   */
  readonly efs?: EfsStorageOptions;
  /**
   * REX-Ray on workers or other nodes, which then answer to version 1 of the instance metadata service.
   *
   * @default - none
   */
  readonly rexray?: RexrayOptions;
}

/** A file system mounted on every node. */
export interface EfsStorageOptions extends EfsFileSystemOptions {
  /**
   * Where it is mounted.
   *
   * @default /mnt/efs
   */
  readonly mountPath?: string;
}
