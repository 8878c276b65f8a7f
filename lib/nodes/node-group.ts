import type { ITerraformDependable } from "cdktf";
import type { ISwarmNetwork } from "../network/network";
import type { NodeSettings } from "../registry/node-settings";
import type { NodeRole } from "../security/node-role";
import type { MachineImage } from "./machine-image";
import type { MetadataService } from "./node-launch-template";

/** What every node of a cluster is told, whatever its role. */
export type ClusterSettings = Pick<
  NodeSettings,
  "cluster" | "table" | "region" | "nonce" | "slots" | "swarm" | "dockerApi" | "efs" | "rexray"
>;

/** What a group of nodes needs of the cluster it is in. */
export interface NodeGroupProps {
  readonly clusterName: string;
  readonly network: ISwarmNetwork;
  readonly securityGroupIds: readonly string[];
  readonly role: NodeRole;
  readonly image: MachineImage;
  readonly settings: ClusterSettings;
  /** @default MetadataService.V2_ONLY */
  readonly metadataService?: MetadataService;
  /**
   * What there must be before an instance boots and, on destroy, for as long as one runs, beside the network and the
   * role: the registry's seed, security group rules, mount targets.
   *
   * @default - nothing more
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** How long an Auto Scaling group's instances may take to end on destroy: drain, stop, terminate. */
export const GROUP_DELETE_TIMEOUT = "30m";

/** What the instances of a group depend on, all together. */
export function groupDependencies(
  props: Pick<NodeGroupProps, "network" | "role" | "dependsOn">,
): ITerraformDependable[] {
  return [...props.network.dependables, ...props.role.dependables, ...(props.dependsOn ?? [])];
}
