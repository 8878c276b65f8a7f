import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { mountPath as defaultPath } from "../limits/storage";
import type { ISwarmNetwork } from "../network/network";
import type { NodeSettings } from "../registry/node-settings";
import type { NodeRole } from "../security/node-role";
import { EfsFileSystem } from "../storage/efs-file-system";
import { RexrayPlugin, rexrayRunsOn, rexrayStatements } from "../storage/rexray-plugin";
import type { StorageOptions } from "./swarm-cluster-props";

/** Who mounts: a kind of node. */
export interface StorageClient {
  /** Names the side of the security group rules. */
  readonly name: "managers" | "workers";
  readonly securityGroupId: string;
  readonly role: NodeRole;
}

/** Properties of {@link ClusterStorage}. */
export interface ClusterStorageProps extends StorageOptions {
  readonly clusterName: string;
  readonly region: string;
  readonly network: ISwarmNetwork;
  readonly clients: readonly StorageClient[];
}

/** The storage a cluster's nodes share, and what they need for it. */
export class ClusterStorage extends Construct {
  public readonly fileSystem?: EfsFileSystem;
  public readonly rexray?: RexrayPlugin;
  /** The file system as nodes are told of it. */
  public readonly efs?: NodeSettings["efs"];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterStorageProps,
  ) {
    super(scope, id);
    const { clusterName, network, clients, efs, rexray } = props;
    const mountPath = efs?.mountPath ?? defaultPath.default;

    if (efs !== undefined) {
      this.fileSystem = new EfsFileSystem(this, "Efs", { ...efs, clusterName, network, name: clusterName });
    }
    if (rexray !== undefined) {
      this.rexray = new RexrayPlugin(this, "Rexray", { ...rexray, clusterName, network, region: props.region });
    }
    for (const { name, securityGroupId, role } of clients) {
      this.fileSystem?.allowFrom(name, securityGroupId);
      if (rexray === undefined || ![name, "nodes"].includes(rexray.on ?? "workers")) continue;
      this.rexray?.allowFrom(name, securityGroupId);
      role.addToPolicy(...rexrayStatements());
    }
    this.efs = this.efsSettings(mountPath);
  }

  /** REX-Ray as the managers, or the workers of a pool, are told of it; nothing where it does not run. */
  public rexrayFor(pool?: string): NodeSettings["rexray"] {
    return rexrayRunsOn(this.props.rexray ?? {}, pool) ? this.rexray?.settings : undefined;
  }

  /** What nodes must wait for. */
  public get dependables(): readonly ITerraformDependable[] {
    return [...(this.fileSystem?.dependables ?? []), ...(this.rexray?.dependables ?? [])];
  }

  private efsSettings(mountPath: string): NodeSettings["efs"] {
    if (this.fileSystem === undefined) return undefined;
    const { fileSystemId, dnsName } = this.fileSystem;
    return { fileSystemId, dnsName, mountPath };
  }
}
