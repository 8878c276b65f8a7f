import { Lazy, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { outputName } from "../naming";
import type { ISwarmNetwork } from "../network/network";
import type { ManagerGroup } from "../nodes/manager-group";
import type { WorkerPool } from "../nodes/worker-pool";
import type { RegistryTable } from "../registry/registry-table";
import type { SwarmSecurityGroups } from "../security/swarm-security-groups";
import type { EfsFileSystem } from "../storage/efs-file-system";
import type { NodeRoles } from "./node-roles";

/** What there is to say of a cluster. */
export interface ClusterFacts {
  readonly clusterName: string;
  readonly network: ISwarmNetwork;
  readonly securityGroups: SwarmSecurityGroups;
  readonly registry: RegistryTable;
  readonly roles: NodeRoles;
  readonly managers: ManagerGroup;
  readonly workerPools: readonly WorkerPool[];
  readonly fileSystem?: EfsFileSystem;
}

/** What a deploy says of a cluster, by who needs it. */
export class ClusterOutputs extends Construct {
  private readonly clusterName: string;

  public constructor(scope: Construct, id: string, cluster: ClusterFacts, region: string) {
    super(scope, id);
    this.clusterName = cluster.clusterName;

    // for `cdktf-swarm status` and `wait`
    this.add("registry_table", "Name of the registry table.", cluster.registry.tableName);
    this.add("region", "Region of the cluster.", region);

    // for instances that steer the cluster from outside of it
    this.add(
      "operator_security_group_id",
      "Security group whose members may reach the Docker API of the nodes.",
      cluster.securityGroups.operatorsId,
    );

    // for scaling, rolling and looking
    this.add("manager_groups", "Names of the Auto Scaling groups of the manager slots, by slot.", [
      ...cluster.managers.groupNames,
    ]);
    this.add(
      "worker_groups",
      "Names of the worker pools' Auto Scaling groups, by pool.",
      // Lazy, because pools join up to synth.
      Lazy.anyValue({
        produce: () => Object.fromEntries(cluster.workerPools.map(({ poolName, groupName }) => [poolName, groupName])),
      }),
    );

    // for pools of another app, beside the next ones
    this.add("nonce", "Identifies this life of the cluster.", cluster.registry.nonce);
    this.add("worker_role_unique_id", "Unique id of the workers' role.", cluster.roles.workers.uniqueId);

    // for what else is put into the network
    this.add("vpc_id", "VPC of the nodes.", cluster.network.vpcId);
    this.add("worker_security_group_id", "Security group of the workers.", cluster.securityGroups.workersId);
    if (cluster.fileSystem !== undefined) {
      this.add("efs_dns_name", "Name by which the file system is mounted.", cluster.fileSystem.dnsName);
    }
  }

  private add(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, outputName(this.clusterName, name), { staticId: true, description, value });
  }
}
