import { complain, suggest } from "../../limits/messages";
import { REGIONS } from "../../limits/regions";
import { checkedText, text, whole } from "../fields";

/** Blocks nobody on the Internet answers from: a VPC or an overlay network elsewhere would hide somebody's service. */
export const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** An AWS region. */
export const region = () =>
  checkedText(/^[a-z]{2}(-[a-z]+)+-\d$/, "be an AWS region", "eu-west-1", (value) =>
    REGIONS.includes(value)
      ? undefined
      : complain({ must: "be a known AWS region", example: suggest(value, REGIONS) ?? "eu-west-1" }, value),
  );

/** An EC2 instance type, `t3.small` unless said. */
export const instanceType = () =>
  text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "be an EC2 instance type", "t3.small")
    .default("t3.small")
    .describe("EC2 instance type of each node.");

/** Size of a root volume, 20 GiB unless said. */
export const rootVolumeSize = () =>
  whole(8, 16384, 20, " of GiB").default(20).describe("Size of each node's encrypted root volume, in GiB.");
