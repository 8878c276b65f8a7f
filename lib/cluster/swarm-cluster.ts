import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkRegion, providerFault, useProvider } from "../aws-provider";
import * as names from "../limits/names";
import { CLUSTER_TAG } from "../naming";
import type { ISwarmNetwork } from "../network/network";
import { SwarmNetwork } from "../network/swarm-network";
import { ManagerGroup, managerGroupNames } from "../nodes/manager-group";
import type { NodeGroupProps } from "../nodes/node-group";
import { metadataServiceFor } from "../nodes/node-launch-template";
import { WorkerPool, type WorkerPoolOptions } from "../nodes/worker-pool";
import { RegistryTable } from "../registry/registry-table";
import { registryTableName } from "../registry/table-name";
import { SwarmSecurityGroups } from "../security/swarm-security-groups";
import { UnlockKeySecret } from "../security/unlock-key-secret";
import type { EfsFileSystem } from "../storage/efs-file-system";
import { SwarmTags } from "../tags";
import { known, PropsCheck } from "../validation";
import { clusterChecks } from "./checks";
import { clusterSettings, type ISwarmCluster, type SwarmClusterAttributes } from "./cluster-attributes";
import { ClusterOutputs } from "./cluster-outputs";
import { ClusterStorage } from "./cluster-storage";
import { ImportedCluster } from "./imported-cluster";
import { NodeRoles } from "./node-roles";
import { ReadinessGate } from "./readiness-gate";
import { ScaleInCheck } from "./scale-in-check";
import type { SwarmClusterProps } from "./swarm-cluster-props";
import { takeName, takenNameFault } from "./unique-name";

/** A Docker Swarm with everything it needs, which a deploy leaves Ready and which mends itself from then on. */
export class SwarmCluster extends Construct implements ISwarmCluster {
  /**
   * Uses a cluster that was there before, of another stack or of another app, to add pools to it. What they need of the
   * cluster is in the attributes; their groups, launch templates, readiness gate and outputs are the scope's stack's.
   */
  public static fromClusterAttributes(scope: Construct, id: string, attributes: SwarmClusterAttributes): ISwarmCluster {
    return new ImportedCluster(scope, id, attributes);
  }

  public readonly clusterName: string;
  public readonly network: ISwarmNetwork;
  public readonly securityGroups: SwarmSecurityGroups;
  public readonly registry: RegistryTable;
  public readonly roles: NodeRoles;
  public readonly managers: ManagerGroup;
  /** Where the unlock key is kept, if managers are locked. */
  public readonly unlockKey?: UnlockKeySecret;
  /** File system mounted on every node, if the cluster has one. */
  public readonly fileSystem?: EfsFileSystem;
  private readonly storage: ClusterStorage;
  private readonly pools: WorkerPool[] = [];
  private readonly poolScope: Construct;
  private readonly gate?: ReadinessGate;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SwarmClusterProps,
  ) {
    super(scope, id);
    this.clusterName = props?.clusterName ?? id.toLowerCase();
    new PropsCheck(this)
      .props(props, clusterChecks)
      .props(this.clusterName, known(names.clusterName), ["clusterName"])
      .add(props?.provider && providerFault(this, props.provider))
      .add(takenNameFault(this.named))
      .throwIfFaulty();
    takeName(this.named);
    SwarmTags.addTo(this, { [CLUSTER_TAG]: this.clusterName });
    if (props.provider !== undefined) useProvider(this, props.provider);
    checkRegion(this, props.region, props.provider);

    const { clusterName } = this;
    const { region } = props;
    this.network = this.networkOf(props);
    this.securityGroups = new SwarmSecurityGroups(this, "SecurityGroups", {
      clusterName,
      vpcId: this.network.vpcId,
      dataPathPort: props.swarm?.dataPathPort,
      dockerApi: props.swarm?.dockerApi,
      accessRules: props.accessRules,
    });
    this.registry = new RegistryTable(this, "Registry", { clusterName });
    this.roles = new NodeRoles(this, "Roles", {
      clusterName,
      region,
      registry: this.registry,
      slotGroupNames: managerGroupNames(clusterName),
      permissionsBoundary: props.permissionsBoundary,
    });
    this.unlockKey = this.createUnlockKey();
    this.storage = this.createStorage();
    this.fileSystem = this.storage.fileSystem;
    this.managers = new ManagerGroup(this, "Managers", {
      ...props.managers,
      ...this.nodeProps("managers"),
      userDataSnippets: this.snippets(props.managers),
      workerRoleUniqueId: this.roles.workers.uniqueId,
      unlockKeySecret: this.unlockKey?.secretArn,
    });
    this.gate = this.createGate();
    this.poolScope = new Construct(this, "Workers");
    new ScaleInCheck(this, "ScaleIn", {
      clusterName,
      region,
      registry: this.registry,
      slots: this.managers.slots.length,
    });
    for (const { name, ...options } of props.workers ?? []) this.addWorkerPool(name, options);
    new ClusterOutputs(this, "Outputs", this, region);
  }

  private get named() {
    const { clusterName, props } = this;
    return { scope: this, clusterName, region: props?.region, provider: props?.provider };
  }

  /** What another stack needs to know to add pools, for {@link fromClusterAttributes}. */
  public get attributes(): SwarmClusterAttributes {
    const { network, props, registry, roles, securityGroups, storage } = this;
    const rexray = props.storage?.rexray;
    return {
      clusterName: this.clusterName,
      region: props.region,
      network: {
        vpcId: network.vpcId,
        vpcCidr: network.vpcCidr,
        availabilityZones: network.availabilityZones,
        nodeSubnetIds: network.nodeSubnetIds,
        publicSubnetIds: network.publicSubnetIds,
        assignsPublicAddresses: network.assignsPublicAddresses,
      },
      image: props.image,
      nonce: registry.nonce,
      workerSecurityGroupId: securityGroups.workersId,
      workerRoleUniqueId: roles.workers.uniqueId,
      workerRoleName: roles.workers.roleName,
      managerCount: props.managers?.count,
      swarm: props.swarm,
      efs: storage.efs,
      rexray:
        rexray?.on === "managers"
          ? undefined
          : storage.rexray && { ...storage.rexray.attributes, pools: rexray?.pools },
      readiness: props.readiness,
      userDataSnippets: props.userDataSnippets,
    };
  }

  /** Pools of workers, in the order they were added. */
  public get workerPools(): readonly WorkerPool[] {
    return this.pools;
  }

  /**
   * Adds a pool of workers.
   *
   * @param name unique in the cluster, and part of the pool's identity
   */
  public addWorkerPool(name: string, options: WorkerPoolOptions = {}): WorkerPool {
    new PropsCheck(this)
      .props(name, known(names.poolName), ["pool name"])
      .add(this.duplicateFault(name))
      .throwIfFaulty();
    const pool = new WorkerPool(this.poolScope, name, {
      ...options,
      ...this.nodeProps("workers", name, this.managers.dependables),
      name,
      userDataSnippets: this.snippets(options),
    });
    this.roles.addPool(name);
    this.pools.push(pool);
    this.gate?.addPool(pool);
    return pool;
  }

  private networkOf({ network, existingNetwork, region, swarm }: SwarmClusterProps): ISwarmNetwork {
    if (existingNetwork !== undefined) return existingNetwork;
    // The check has seen to it that there is one.
    const options = network as NonNullable<typeof network>;
    const services = swarm?.autolock === true ? ["secretsmanager"] : [];
    return new SwarmNetwork(this, "Network", { ...options, region, clusterName: this.clusterName, services });
  }

  private createUnlockKey(): UnlockKeySecret | undefined {
    if (this.props.swarm?.autolock !== true) return undefined;
    const secret = new UnlockKeySecret(this, "UnlockKey", { clusterName: this.clusterName });
    this.roles.managers.addToPolicy(...secret.statements);
    return secret;
  }

  private createStorage(): ClusterStorage {
    const { securityGroups, roles } = this;
    return new ClusterStorage(this, "Storage", {
      ...this.props.storage,
      clusterName: this.clusterName,
      region: this.props.region,
      network: this.network,
      clients: [
        { name: "managers", securityGroupId: securityGroups.managersId, role: roles.managers },
        { name: "workers", securityGroupId: securityGroups.workersId, role: roles.workers },
      ],
    });
  }

  private createGate(): ReadinessGate | undefined {
    const { readiness, region } = this.props;
    if (readiness?.wait === false) return undefined;
    return new ReadinessGate(this, "Readiness", {
      table: registryTableName(this.clusterName),
      region,
      managers: this.managers,
      timeoutSeconds: readiness?.timeoutSeconds,
    });
  }

  /** What all groups of nodes have in common; of the workers, by pool. */
  private nodeProps(
    kind: "managers" | "workers",
    pool?: string,
    dependsOn: readonly ITerraformDependable[] = [],
  ): NodeGroupProps {
    const { registry, securityGroups, storage, props } = this;
    const rexray = storage.rexrayFor(pool);
    return {
      clusterName: this.clusterName,
      network: this.network,
      securityGroupIds: [securityGroups[kind].id],
      role: this.roles[kind],
      image: props.image,
      settings: {
        ...clusterSettings({
          clusterName: this.clusterName,
          region: props.region,
          nonce: registry.nonce,
          managerCount: props.managers?.count,
          swarm: props.swarm,
          efs: storage.efs,
        }),
        rexray,
      },
      metadataService: metadataServiceFor(rexray),
      dependsOn: [...registry.dependables, ...securityGroups.dependables, ...storage.dependables, ...dependsOn],
    };
  }

  private snippets(group: WorkerPoolOptions | undefined) {
    return [...(this.props.userDataSnippets ?? []), ...(group?.userDataSnippets ?? [])];
  }

  private duplicateFault(name: string): string | undefined {
    if (!this.pools.some(({ poolName }) => poolName === name)) return undefined;
    return `pool names must be unique in the cluster, got ${JSON.stringify(name)} again`;
  }
}
