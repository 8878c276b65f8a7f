import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem as EfsFileSystemResource } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { throughputMode } from "../limits/storage";
import type { ISwarmNetwork } from "../network/network";
import { PropsCheck } from "../validation";
import { fileSystemChecks } from "./checks";
import { NfsSecurityGroup } from "./nfs-security-group";

/** How a file system's throughput is paid for. */
export type ThroughputMode = "elastic" | "bursting";

/** What a file system is like. */
export interface EfsFileSystemOptions {
  /**
   * `elastic` is paid by what is read and written; `bursting` is included, and grows with what is stored.
   *
   * @default elastic
   */
  readonly throughputMode?: ThroughputMode;
  /**
   * Whether AWS Backup keeps daily copies.
   *
   * @default true
   */
  readonly backup?: boolean;
}

/** Properties of an {@link EfsFileSystem}. */
export interface EfsFileSystemProps extends EfsFileSystemOptions {
  readonly clusterName: string;
  readonly network: ISwarmNetwork;
  /** What the file system is called in the console, and by REX-Ray: its Name tag. */
  readonly name: string;
  /**
   * Makes a second creation of the same file system fail.
   *
   * @default - made up by Terraform
   */
  readonly creationToken?: string;
  /**
   * Security group of the mount targets.
   *
   * @default - one of its own
   */
  readonly securityGroup?: NfsSecurityGroup;
}

/** An encrypted file system all nodes can mount: a mount target in each availability zone's node subnet. */
export class EfsFileSystem extends Construct {
  /** Underlying file system, for properties this construct does not expose. */
  public readonly resource: EfsFileSystemResource;
  public readonly fileSystemId: string;
  /** Comes to the mount target in the caller's availability zone. */
  public readonly dnsName: string;
  public readonly securityGroup: NfsSecurityGroup;
  private readonly mountTargets: readonly EfsMountTarget[];

  public constructor(scope: Construct, id: string, props: EfsFileSystemProps) {
    super(scope, id);
    new PropsCheck(this).props(props, fileSystemChecks).throwIfFaulty();
    const { clusterName, network } = props;
    this.securityGroup =
      props.securityGroup ??
      new NfsSecurityGroup(this, "SecurityGroup", { vpcId: network.vpcId, clusterName, name: "efs" });

    this.resource = new EfsFileSystemResource(this, "Resource", {
      encrypted: true,
      throughputMode: props.throughputMode ?? throughputMode.default,
      creationToken: props.creationToken,
      tags: { Name: props.name },
    });
    this.fileSystemId = this.resource.id;
    this.dnsName = this.resource.dnsName;

    if (props.backup ?? true) {
      new EfsBackupPolicy(this, "BackupPolicy", {
        fileSystemId: this.fileSystemId,
        backupPolicy: { status: "ENABLED" },
      });
    }

    this.mountTargets = network.availabilityZones.map(
      (zone, index) =>
        new EfsMountTarget(this, `MountTarget-${zone}`, {
          fileSystemId: this.fileSystemId,
          subnetId: network.nodeSubnetIds[index] ?? "",
          securityGroups: [this.securityGroup.securityGroupId],
        }),
    );
  }

  /** What a client must wait for before it mounts; on destroy, the other way round. */
  public get dependables(): readonly ITerraformDependable[] {
    return [...this.mountTargets, ...this.securityGroup.dependables];
  }

  /**
   * Lets the members of a security group mount the file system.
   *
   * @param client names the other side; part of the rule's identity, so keep it
   */
  public allowFrom(client: string, securityGroupId: string): void {
    this.securityGroup.allowFrom(client, securityGroupId);
  }
}
