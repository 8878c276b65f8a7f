import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { rootVolumeSizeGiB } from "../limits/nodes";
import type { ISwarmNetwork } from "../network/network";
import type { NodeSettings } from "../registry/node-settings";
import { PropsCheck } from "../validation";
import { machineChecks } from "./checks";
import { DEFAULT_INSTANCE_TYPE } from "./instance-type";
import { UserData } from "./user-data";
import type { UserDataSnippet } from "./user-data-snippet";

/** What the machines of a group of nodes are like: what managers and workers have in common. */
export interface NodeMachineOptions {
  /**
   * EC2 instance type; its architecture must be the image's.
   *
   * @default t3.small
   */
  readonly instanceType?: string;
  /**
   * Size of the root volume, in GiB. It holds the images and the local volumes too.
   *
   * @default 20
   */
  readonly rootVolumeSizeGiB?: number;
  /**
   * Name by which the image knows its root volume.
   *
   * @default /dev/xvda
   */
  readonly rootDeviceName?: string;
  /**
   * Further parts of the user data.
   *
   * @default - none
   */
  readonly userDataSnippets?: readonly UserDataSnippet[];
}

/** Which version of the instance metadata service nodes answer to. */
export enum MetadataService {
  /** Only sessions with a token, which a forwarded request cannot get. */
  V2_ONLY = "required",
  /** Requests without a token as well. Anything that makes a node fetch a URL can then read its credentials. */
  V1_AND_V2 = "optional",
}

/** The version that nodes with REX-Ray, or without, need. */
export function metadataServiceFor(rexray: NodeSettings["rexray"]): MetadataService {
  return rexray === undefined ? MetadataService.V2_ONLY : MetadataService.V1_AND_V2;
}

/** Properties of a {@link NodeLaunchTemplate}. */
export interface NodeLaunchTemplateProps extends NodeMachineOptions {
  /** What the instances are called: the name of their Auto Scaling group. */
  readonly name: string;
  readonly imageId: string;
  readonly network: ISwarmNetwork;
  readonly securityGroupIds: readonly string[];
  /** Name of the instance profile. */
  readonly instanceProfileName: string;
  readonly settings: NodeSettings;
  /** @default MetadataService.V2_ONLY */
  readonly metadataService?: MetadataService;
}

/** How an instance of a group is launched. A change makes a new version, which touches nothing that runs. */
export class NodeLaunchTemplate extends Construct {
  /** Underlying launch template, for properties this construct does not expose. */
  public readonly resource: LaunchTemplate;
  public readonly templateId: string;
  /** Number of the latest version, as a string. */
  public readonly latestVersion: string;

  public constructor(scope: Construct, id: string, props: NodeLaunchTemplateProps) {
    super(scope, id);
    new PropsCheck(this).props(props, machineChecks).throwIfFaulty();

    this.resource = new LaunchTemplate(this, "Resource", {
      namePrefix: `${props.name}-`,
      updateDefaultVersion: true,
      imageId: props.imageId,
      instanceType: props.instanceType ?? DEFAULT_INSTANCE_TYPE,
      iamInstanceProfile: { name: props.instanceProfileName },
      userData: new UserData(this, "UserData", { settings: props.settings, snippets: props.userDataSnippets }).base64,

      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: props.metadataService ?? MetadataService.V2_ONLY,
        // One hop: an answer does not survive the bridge to a container.
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },

      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: String(props.network.assignsPublicAddresses),
          securityGroups: [...props.securityGroupIds],
          deleteOnTermination: "true",
        },
      ],

      blockDeviceMappings: [
        {
          deviceName: props.rootDeviceName ?? "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: props.rootVolumeSizeGiB ?? rootVolumeSizeGiB.default,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],

      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: { Name: props.name } })),
    });
    this.templateId = this.resource.id;
    this.latestVersion = Token.asString(this.resource.latestVersion);
  }
}
