import { networkOf, parseCidr } from "../../network/cidr";
import type { AccountInstance } from "../emulator/account-state";
import { instanceCredentials } from "../emulator/credentials";

/** How long credentials are said to last. */
const CREDENTIALS_MILLISECONDS = 6 * 60 * 60 * 1000;

/** One node of the metadata tree: a value, or a folder. */
type Tree = string | { readonly [name: string]: Tree | undefined };

/** What the metadata service knows of an instance's surroundings. */
export interface MetadataContext {
  readonly instance: AccountInstance;
  /** Block of the VPC. */
  readonly vpcCidr: string;
  /** Block of the subnet. */
  readonly subnetCidr: string;
  readonly accountId: string;
  readonly now: Date;
}

/** Region of an availability zone. */
export function regionOf(availabilityZone: string): string {
  return availabilityZone.replace(/[a-z]$/, "");
}

/** Name of a host as EC2 gives it by address: `ip-10-20-1-10`. */
export function hostName(address: string): string {
  return `ip-${address.replaceAll(".", "-")}`;
}

/** Private DNS domain of a region. */
export function privateDomain(region: string): string {
  return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

/**
 * What `GET /<version>/<path>` answers for an instance: a value, a folder's listing, or `undefined` for 404.
 *
 * @param path - Without version and slashes around it: `meta-data/placement/region`.
 */
export function metadataAt(path: string, context: MetadataContext): string | undefined {
  let node: Tree | undefined = metadataTree(context);
  for (const name of path.split("/").filter((part) => part !== "")) {
    if (typeof node !== "object") return undefined;
    node = Object.hasOwn(node, name) ? node[name] : undefined;
  }
  return typeof node === "object" ? listing(node) : node;
}

function listing(folder: { readonly [name: string]: Tree | undefined }): string {
  return Object.entries(folder)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === "object" ? `${name}/` : name))
    .join("\n");
}

function metadataTree(context: MetadataContext): Tree {
  const { instance } = context;
  const userData = instance.userData === null ? undefined : Buffer.from(instance.userData, "base64").toString("utf8");
  return {
    dynamic: { "instance-identity": { document: identityDocument(context) } },
    "meta-data": instanceTree(context),
    "user-data": userData,
  };
}

function instanceTree(context: MetadataContext): Tree {
  const { instance } = context;
  const region = regionOf(instance.availabilityZone);
  const address = instance.privateIp ?? "";
  const name = `${hostName(address)}.${privateDomain(region)}`;
  const mac = macOf(address);
  return {
    "ami-id": instance.imageId,
    "ami-launch-index": "0",
    // Present only where Auto Scaling owns the instance. Tags are absent, as by default on EC2.
    autoscaling: instance.autoScalingGroup === null ? undefined : { "target-lifecycle-state": targetState(instance) },
    hostname: name,
    iam: iamTree(context),
    "instance-id": instance.id,
    "instance-life-cycle": "on-demand",
    "instance-type": instance.instanceType,
    "local-hostname": name,
    "local-ipv4": address,
    mac,
    network: { interfaces: { macs: { [mac]: interfaceTree(context, mac, name) } } },
    placement: { "availability-zone": instance.availabilityZone, region },
    "public-ipv4": instance.publicIp ?? undefined,
    "security-groups": instance.securityGroupIds.join("\n"),
    // There from the notice on and not before, as EC2 has it.
    spot: spotTree(instance),
    services: { domain: "amazonaws.com", partition: "aws" },
  };
}

function interfaceTree({ instance, vpcCidr, subnetCidr, accountId }: MetadataContext, mac: string, name: string): Tree {
  return {
    "device-number": "0",
    "local-hostname": name,
    "local-ipv4s": instance.privateIp ?? undefined,
    mac,
    "owner-id": accountId,
    "security-group-ids": instance.securityGroupIds.join("\n"),
    "subnet-id": instance.subnetId ?? undefined,
    "subnet-ipv4-cidr-block": subnetCidr,
    "vpc-id": instance.vpcId ?? undefined,
    "vpc-ipv4-cidr-block": vpcCidr,
    "vpc-ipv4-cidr-blocks": vpcCidr,
  };
}

function iamTree({ instance, accountId, now }: MetadataContext): Tree | undefined {
  if (instance.roleName === null) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = instanceCredentials(instance.id);
  const credentials = {
    Code: "Success",
    LastUpdated: seconds(now),
    Type: "AWS-HMAC",
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: seconds(new Date(now.getTime() + CREDENTIALS_MILLISECONDS)),
  };
  const info = {
    Code: "Success",
    LastUpdated: seconds(now),
    InstanceProfileArn: `arn:aws:iam::${accountId}:instance-profile/${instance.instanceProfileName ?? ""}`,
  };
  return {
    info: JSON.stringify(info, null, 2),
    "security-credentials": { [instance.roleName]: JSON.stringify(credentials, null, 2) },
  };
}

function spotTree({ spotAction }: AccountInstance): Tree | undefined {
  if (spotAction === null || spotAction === undefined) return undefined;
  const { action, time } = spotAction;
  return {
    "instance-action": JSON.stringify({ action, time }),
    "termination-time": action === "terminate" ? time : undefined,
  };
}

function identityDocument({ instance, accountId }: MetadataContext): string {
  const document = {
    accountId,
    architecture: "x86_64",
    availabilityZone: instance.availabilityZone,
    imageId: instance.imageId,
    instanceId: instance.id,
    instanceType: instance.instanceType,
    pendingTime: seconds(new Date(instance.launchTime)),
    privateIp: instance.privateIp,
    region: regionOf(instance.availabilityZone),
    version: "2017-09-30",
  };
  return JSON.stringify(document, null, 2);
}

/** Where Auto Scaling is taking the instance: the end of the way on which its lifecycle state is a step. */
function targetState({ lifecycleState }: AccountInstance): string {
  if (lifecycleState === null || lifecycleState.startsWith("Pending")) return "InService";
  if (lifecycleState.startsWith("Terminat")) return "Terminated";
  if (lifecycleState.startsWith("Detach")) return "Detached";
  if (lifecycleState.endsWith("Standby")) return "Standby";
  return lifecycleState;
}

// Docker's own rule for the address of an interface, so that it is the one the host sees.
function macOf(address: string): string {
  const number = networkOf(parseCidr(`${address}/32`) ?? { address: 0, prefix: 32 }).address;
  return ["02:42", ...[24, 16, 8, 0].map((bits) => ((number >>> bits) & 0xff).toString(16).padStart(2, "0"))].join(":");
}

/** ISO 8601 to the second, as EC2 writes times. */
function seconds(time: Date): string {
  return Number.isNaN(time.getTime()) ? "" : `${time.toISOString().slice(0, 19)}Z`;
}
