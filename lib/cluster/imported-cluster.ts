import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { checkRegion, providerFault, useProvider } from "../aws-provider";
import { poolName } from "../limits/names";
import { CLUSTER_TAG, outputName, physicalName } from "../naming";
import type { ISwarmNetwork } from "../network/network";
import { SwarmNetwork } from "../network/swarm-network";
import { metadataServiceFor } from "../nodes/node-launch-template";
import { WorkerPool, type WorkerPoolOptions } from "../nodes/worker-pool";
import { registryTableName } from "../registry/table-name";
import type { INodeRole } from "../security/node-role";
import { type PolicyPlace, poolStatements } from "../security/policies";
import { renderPolicy } from "../security/policy-statement";
import { rexrayRunsOn, rexraySettings } from "../storage/rexray-plugin";
import { SwarmTags } from "../tags";
import { known, PropsCheck } from "../validation";
import { importedClusterChecks } from "./checks";
import { clusterSettings, type ISwarmCluster, type SwarmClusterAttributes } from "./cluster-attributes";
import { ReadinessGate } from "./readiness-gate";

/** A cluster that was there before, to which pools are added here. They are this stack's, and the cluster's tag is on them. */
export class ImportedCluster extends Construct implements ISwarmCluster {
  public readonly clusterName: string;
  private readonly network: ISwarmNetwork;
  private readonly place: PolicyPlace;
  private readonly poolScope: Construct;
  private readonly pools: WorkerPool[] = [];
  private readonly gate?: ReadinessGate;

  public constructor(
    scope: Construct,
    id: string,
    private readonly attributes: SwarmClusterAttributes,
  ) {
    super(scope, id);
    new PropsCheck(this)
      .props(attributes, importedClusterChecks)
      .add(attributes?.provider && providerFault(this, attributes.provider))
      .throwIfFaulty();
    const { clusterName, region, provider } = attributes;
    this.clusterName = clusterName;
    SwarmTags.addTo(this, { [CLUSTER_TAG]: clusterName });
    if (provider !== undefined) useProvider(this, provider);
    checkRegion(this, region, provider);

    this.network = SwarmNetwork.fromNetworkAttributes(this, "Network", attributes.network);
    this.place = {
      partition: new DataAwsPartition(this, "Partition").partition,
      accountId: new DataAwsCallerIdentity(this, "Account").accountId,
      region,
    };
    this.poolScope = new Construct(this, "Workers");
    this.gate = this.createGate();
  }

  public get workerPools(): readonly WorkerPool[] {
    return this.pools;
  }

  public addWorkerPool(name: string, options: WorkerPoolOptions = {}): WorkerPool {
    const { attributes, clusterName } = this;
    new PropsCheck(this).props(name, known(poolName), ["pool name"]).add(this.duplicateFault(name)).throwIfFaulty();
    const rexray =
      attributes.rexray !== undefined && rexrayRunsOn({ pools: attributes.rexray.pools }, name)
        ? rexraySettings(attributes.rexray, attributes.region)
        : undefined;
    const pool = new WorkerPool(this.poolScope, name, {
      ...options,
      clusterName,
      name,
      network: this.network,
      securityGroupIds: [attributes.workerSecurityGroupId],
      role: this.roleOf(name),
      image: attributes.image,
      settings: { ...clusterSettings(attributes), rexray },
      metadataService: metadataServiceFor(rexray),
      userDataSnippets: [...(attributes.userDataSnippets ?? []), ...(options.userDataSnippets ?? [])],
    });
    this.pools.push(pool);
    this.gate?.addPool(pool);
    this.addOutput(name, pool);
    return pool;
  }

  /** The workers' role, and what a pool of another stack adds to it: to answer the lifecycle hooks of its own group. */
  private roleOf(pool: string): INodeRole {
    const roleName =
      this.attributes.workerRoleName ?? physicalName.workerRole(this.clusterName, this.attributes.region);
    const policy = new IamRolePolicy(this, `Policy-${pool}`, {
      name: `swarm-pool-${pool}`,
      role: roleName,
      policy: renderPolicy(poolStatements(this.place, [physicalName.workerGroup(this.clusterName, pool)])),
    });
    return {
      roleName,
      uniqueId: this.attributes.workerRoleUniqueId,
      instanceProfileName: roleName,
      dependables: [policy],
    };
  }

  private createGate(): ReadinessGate | undefined {
    const { clusterName, region, readiness } = this.attributes;
    if (readiness?.wait === false) return undefined;
    const table = registryTableName(clusterName);
    return new ReadinessGate(this, "Readiness", { table, region, timeoutSeconds: readiness?.timeoutSeconds });
  }

  /** Named by the pool, since outputs of one name would silently replace each other. */
  private addOutput(name: string, { groupName }: WorkerPool): void {
    new TerraformOutput(this, outputName(this.clusterName, `worker_group_${name.replaceAll("-", "_")}`), {
      staticId: true,
      description: `Name of the Auto Scaling group of the worker pool ${name}.`,
      value: groupName,
    });
  }

  private duplicateFault(name: string): string | undefined {
    if (!this.pools.some(({ poolName }) => poolName === name)) return undefined;
    return `pool names must be unique in the cluster, got ${JSON.stringify(name)} again`;
  }
}
