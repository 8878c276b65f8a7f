import { complain, either } from "../../limits/messages";
import { DEFAULT_DATA_PATH_PORT } from "../../registry/node-settings";
import { choice, cidr, flag, liesIn, list, map, text, whole } from "../fields";
import { PRIVATE_BLOCKS } from "./values";

/** Block of overlay networks: at the far end of 10.0.0.0/8, where few VPCs are. */
export const DEFAULT_ADDRESS_POOL = "10.255.0.0/16";

/** Prefix length of one overlay network: room for 250 tasks. */
export const DEFAULT_MASK_LENGTH = 24;

/** The VPC and its subnets. */
export const network = map({
  cidr: cidr("10.20.0.0/16", (value) => {
    const prefix = Number(value.split("/")[1]);
    if (prefix < 16 || prefix > 24) {
      return complain(
        { must: "be between /16 and /24, which are the sizes a VPC can be cut up in", example: "10.20.0.0/16" },
        value,
      );
    }
    if (liesIn(value, PRIVATE_BLOCKS)) return undefined;
    return complain({ must: `be a private block, inside ${either(PRIVATE_BLOCKS)}`, example: "10.20.0.0/16" }, value);
  }).describe("Private IPv4 block of the VPC, /16 to /24, without host bits."),
  availabilityZones: list(
    text(/^[a-z0-9-]+$/, "be an availability zone", "eu-west-1a").describe("An availability zone of the region."),
    1,
    6,
    "be a list of 1 to 6 availability zones",
    "[eu-west-1a, eu-west-1b, eu-west-1c]",
  ).describe("Availability zones of the region; manager slots and subnets follow this order, so only append."),
  nodeSubnets: choice(["public", "private"])
    .default("private")
    .describe("Whether nodes have public addresses (public) or go out through NAT (private)."),
  nat: choice(["none", "single", "per-zone"])
    .optional()
    .describe("NAT gateways of private nodes. Default: single when nodes are private, otherwise none."),
});

/** Settings of the swarm itself. */
export const swarm = map({
  addressPool: cidr("10.255.0.0/16", (value) => {
    const prefix = Number(value.split("/")[1]);
    if (prefix < 8 || prefix > 28) return complain({ must: "be between /8 and /28", example: "10.255.0.0/16" }, value);
    if (liesIn(value, PRIVATE_BLOCKS)) return undefined;
    return complain({ must: `lie inside ${either(PRIVATE_BLOCKS)}`, example: "10.255.0.0/16" }, value);
  })
    .default(DEFAULT_ADDRESS_POOL)
    .describe("Block that overlay networks are cut from; apart from the VPC. Fixed when the swarm is made."),
  addressPoolMaskLength: whole(9, 29, DEFAULT_MASK_LENGTH)
    .default(DEFAULT_MASK_LENGTH)
    .describe("Prefix length of one overlay network. Fixed when the swarm is made."),
  dataPathPort: whole(1024, 49151, DEFAULT_DATA_PATH_PORT)
    .default(DEFAULT_DATA_PATH_PORT)
    .describe("UDP port of overlay traffic. Fixed when the swarm is made."),
  dockerApi: choice(["internal", "none"])
    .default("internal")
    .describe("Whether managers and operators may reach the Docker API (2375) of nodes."),
  heartbeatSeconds: whole(1, 60, 5, " of seconds").default(5).describe("Seconds between the heartbeats of a node."),
  certExpiryHours: whole(1, 87600, 2160, " of hours")
    .default(2160)
    .describe("Hours that a node's certificate is valid before it is renewed."),
  autolock: flag()
    .default(false)
    .describe(
      "Whether managers need a key, kept in Secrets Manager, after a restart. Fixed when the swarm is made; to take it back, run docker swarm update --autolock=false first.",
    ),
  taskHistoryLimit: whole(0, 1000, 5).default(5).describe("Finished tasks kept per service slot."),
});

/** One opening in the security groups. */
export const accessRule = map({
  description: text(
    /^[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,200}$/,
    "be 1 to 200 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, which is what AWS takes",
    "HTTPS for everyone",
  ).describe("What the rule is for; shown in AWS."),
  to: choice(["managers", "workers", "nodes"]).describe("Which nodes the rule opens; nodes are managers and workers."),
  protocol: choice(["tcp", "udp"]).describe("Protocol of the port."),
  port: whole(1, 65535, 443).describe("The port, or the first of a range."),
  toPort: whole(1, 65535, 443).optional().describe("The last port of a range. Default: port alone."),
  cidrs: list(
    cidr("203.0.113.0/24").describe("A block that may connect."),
    1,
    60,
    "be a list of 1 to 60 IPv4 blocks that may connect",
    "[203.0.113.0/24]",
  ).describe("IPv4 blocks that may connect."),
});
