import { createHash } from "node:crypto";
import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ISwarmNetwork } from "../network/network";
import type { NodeSettings } from "../registry/node-settings";
import type { PolicyStatement } from "../security/policy-statement";
import { PropsCheck } from "../validation";
import { rexrayPluginChecks } from "./checks";
import { EfsFileSystem, type EfsFileSystemOptions } from "./efs-file-system";
import { NfsSecurityGroup } from "./nfs-security-group";
import { renderRexray } from "./rexray-template";

/** Which nodes REX-Ray runs on, by their role; `nodes` are all of them. */
export type RexrayNodes = "managers" | "workers" | "nodes";

/** What REX-Ray is to do on the nodes. */
export interface RexrayOptions {
  /**
   * Nodes it runs on. They answer to version 1 of the instance metadata service, so managers are left out by default:
   * what their role may do is worth more.
   *
   * @default "workers"
   */
  readonly on?: RexrayNodes;
  /**
   * Names of the worker pools it runs on.
   *
   * @default - all, if it runs on workers
   */
  readonly pools?: readonly string[];
  /**
   * Managed plugin to install, with its tag or digest, like `rexray/efs:0.11.4`. There is no default: the project is
   * no longer kept up, so choose whom you take it from. It is built for amd64 only.
   */
  readonly plugin: string;
  /**
   * First part of the names of REX-Ray's file systems: volume `data` is on the file system `<tag>/data`. No two
   * clusters of a region may share it.
   *
   * @default - the cluster's name
   */
  readonly tag?: string;
  /**
   * Volumes to make a file system for. REX-Ray itself may create and remove none.
   *
   * @default - none; any file system of a fitting name and with a mount target in every node subnet is a volume
   */
  readonly volumes?: readonly string[];
  /**
   * What the volumes' file systems are like.
   *
   * @default - like any other file system
   */
  readonly fileSystems?: EfsFileSystemOptions;
}

/** REX-Ray as a cluster has it: what nodes of another stack need to know of it. */
export interface RexrayAttributes {
  /** Managed plugin with its tag or digest. */
  readonly plugin: string;
  /** First part of the names of its file systems. */
  readonly tag: string;
  /** Security group of its mount targets. */
  readonly securityGroupId: string;
  /**
   * Names of the worker pools it runs on.
   *
   * @default - all
   */
  readonly pools?: readonly string[];
}

/** Properties of a {@link RexrayPlugin}. */
export interface RexrayPluginProps extends RexrayOptions {
  readonly clusterName: string;
  readonly region: string;
  readonly network: ISwarmNetwork;
}

/** Docker volumes by REX-Ray's EFS driver, with the node's role in place of keys. */
export class RexrayPlugin extends Construct {
  /** What the nodes are told. */
  public readonly settings: NonNullable<NodeSettings["rexray"]>;
  /** The same for nodes of another stack. */
  public readonly attributes: RexrayAttributes;
  public readonly volumes: readonly EfsFileSystem[];
  private readonly securityGroup: NfsSecurityGroup;

  public constructor(scope: Construct, id: string, props: RexrayPluginProps) {
    super(scope, id);
    const { clusterName, network } = props;
    const tag = props.tag ?? clusterName;
    new PropsCheck(this).props(props, rexrayPluginChecks).throwIfFaulty();

    this.securityGroup = new NfsSecurityGroup(this, "SecurityGroup", {
      vpcId: network.vpcId,
      clusterName,
      name: "rexray",
    });
    this.volumes = (props.volumes ?? []).map(
      (volume) =>
        new EfsFileSystem(this, `Volume-${volume}`, {
          ...props.fileSystems,
          clusterName,
          network,
          securityGroup: this.securityGroup,
          name: `${tag}/${volume}`,
          creationToken: rexrayCreationToken(tag, volume),
        }),
    );
    this.attributes = { plugin: props.plugin, tag, securityGroupId: this.securityGroup.securityGroupId };
    this.settings = rexraySettings(this.attributes, props.region);

    Annotations.of(this).addWarning(
      "REX-Ray's EFS driver speaks only version 1 of the instance metadata service, so the nodes it runs on answer to " +
        "it. The host firewall keeps containers away from it, but a process in the host's network that can be made to " +
        "fetch a URL gives the node's credentials away. Docker's local driver over NFS needs none of it.",
    );
  }

  /** What nodes must wait for. */
  public get dependables(): readonly ITerraformDependable[] {
    return [...this.securityGroup.dependables, ...this.volumes.flatMap(({ dependables }) => dependables)];
  }

  /** Lets the members of a security group mount the volumes. */
  public allowFrom(client: string, securityGroupId: string): void {
    this.securityGroup.allowFrom(client, securityGroupId);
  }
}

/** What nodes are told of REX-Ray. */
export function rexraySettings(
  { plugin, tag, securityGroupId }: RexrayAttributes,
  region: string,
): NonNullable<NodeSettings["rexray"]> {
  return { plugin, ...renderRexray({ region, tag, security_group_id: securityGroupId }) };
}

/** Whether REX-Ray runs on the managers, or on the workers of a pool. */
export function rexrayRunsOn({ on = "workers", pools }: Pick<RexrayOptions, "on" | "pools">, pool?: string): boolean {
  if (pool === undefined) return on !== "workers";
  return on !== "managers" && (pools === undefined || pools.includes(pool));
}

/** What a node's role must allow for REX-Ray: to look. Without more it can neither create nor delete a file system. */
export function rexrayStatements(): readonly PolicyStatement[] {
  return [
    {
      sid: "RexrayDescribeFileSystems",
      effect: "Allow",
      actions: ["elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets"],
      // It lists all file systems of the region and picks its own by name.
      resources: ["*"],
    },
  ];
}

/** The token REX-Ray itself would create a volume's file system with, so that a racing creation finds this one. */
export function rexrayCreationToken(tag: string, volume: string): string {
  return createHash("md5").update(`${tag}/${volume}`).digest("hex");
}
