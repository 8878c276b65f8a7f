import { dependable, type ITerraformDependable, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { dependablesFor } from "../dependables";
import type { ISwarmNetwork } from "../network/network";
import type { NodeSettings } from "../registry/node-settings";
import type { INodeRole } from "../security/node-role";
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
  readonly role: INodeRole;
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

/** What the instances of a group depend on, all together: as `depends_on` takes it, once all policies are there. */
export function groupDependencies(
  group: Construct,
  { network, role, dependsOn = [] }: Pick<NodeGroupProps, "network" | "role" | "dependsOn">,
): string[] {
  // Now as well, because nothing but a dependency may tell that another stack comes first.
  const all = () => dependablesFor(group, [...network.dependables, ...role.dependables, ...dependsOn]);
  all();
  return Lazy.listValue({ produce: () => all().map(dependable) }, { omitEmpty: true });
}
