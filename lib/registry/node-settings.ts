/** Where user data writes the settings of a node, and the agent reads them. */
export const NODE_SETTINGS_PATH = "/etc/swarm-node/node.json";

/** Port at which the agent shows its metrics, on the node's loopback alone; in the range of Prometheus' exporters. */
export const AGENT_METRICS_PORT = 9324;

/** How the Docker API is offered beside the local socket. */
export type DockerApiAccess = "internal" | "none";

/** What a node is told about itself and its cluster: the content of {@link NODE_SETTINGS_PATH}. Holds no secret. */
export interface NodeSettings {
  readonly schema: 1;
  readonly cluster: string;
  /** Name of the registry table. */
  readonly table: string;
  readonly region: string;
  /** Identifies this life of the cluster: equal to the seeded record's, or the agent does nothing. */
  readonly nonce: string;
  readonly role: "manager" | "worker";
  /** Slot of a manager. */
  readonly slot?: number;
  /** Number of manager slots the cluster has. */
  readonly slots: number;
  /** Pool of a worker. */
  readonly pool?: string;
  /** Auto Scaling group this node is launched by. */
  readonly autoScalingGroup: string;
  /**
   * Names of the Auto Scaling groups of all slots a cluster can have, by slot: running managers keep their settings
   * when slots are added (manager role only).
   */
  readonly slotGroups?: readonly string[];
  /** Unique id of the node's own role (`AROA…`), which begins its key in the registry. */
  readonly roleUniqueId: string;
  /** Unique id of the worker role, by which managers find the workers' records (manager role only). */
  readonly workerRoleUniqueId?: string;
  /** Name of the instance profile of the manager role (manager role only). */
  readonly managerInstanceProfile?: string;
  /** Lifecycle hook the node completes once it is Ready. */
  readonly launchHook?: string;
  /** Lifecycle hook the node completes once it is drained. */
  readonly terminateHook?: string;
  /** Node labels beside `az`, and `slot` or `pool`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly swarm: {
    /** CIDR of the overlay networks; set at init, for ever. */
    readonly addressPool: string;
    readonly addressPoolMaskLength: number;
    readonly dataPathPort: number;
    readonly heartbeatSeconds: number;
    readonly certExpiryHours: number;
    readonly taskHistoryLimit: number;
  };
  readonly dockerApi: DockerApiAccess;
  /** ARN of the secret that holds the unlock key, where managers are locked (manager role only). */
  readonly unlockKeySecret?: string;
  /** EFS mount, where the cluster has one. */
  readonly efs?: { readonly fileSystemId: string; readonly dnsName: string; readonly mountPath: string };
  /** REX-Ray plugin, where it is switched on. */
  readonly rexray?: {
    readonly plugin: string;
    readonly settings: Readonly<Record<string, string>>;
    readonly config: string;
  };
}
