import * as access from "../../limits/access";
import * as networks from "../../limits/network";
import * as swarms from "../../limits/swarm";
import { choice, flag, list, map, text, whole } from "../fields";

/** The VPC and its subnets. */
export const network = map({
  cidr: text(networks.vpcCidr).describe("Private IPv4 block of the VPC, /16 to /24, without host bits."),
  availabilityZones: list(
    text(networks.availabilityZone).describe("An availability zone of the region."),
    networks.availabilityZones,
  ).describe("Availability zones of the region; manager slots and subnets follow this order, so only append."),
  nodeSubnets: choice(networks.nodeSubnets)
    .default(networks.nodeSubnets.default)
    .describe("Whether nodes have public addresses (public) or go out through NAT (private)."),
  nat: choice(networks.nat)
    .optional()
    .describe("NAT gateways of private nodes. Default: single when nodes are private, otherwise none."),
});

/** Settings of the swarm itself. */
export const swarm = map({
  addressPool: text(networks.addressPool)
    .default(networks.addressPool.default)
    .describe("Block that overlay networks are cut from; apart from the VPC. Fixed when the swarm is made."),
  addressPoolMaskLength: whole(swarms.addressPoolMaskLength)
    .default(swarms.addressPoolMaskLength.default)
    .describe("Prefix length of one overlay network. Fixed when the swarm is made."),
  dataPathPort: whole(swarms.dataPathPort)
    .default(swarms.dataPathPort.default)
    .describe("UDP port of overlay traffic. Fixed when the swarm is made."),
  dockerApi: choice(swarms.dockerApi)
    .default(swarms.dockerApi.default)
    .describe("Whether managers and operators may reach the Docker API (2375) of nodes."),
  heartbeatSeconds: whole(swarms.heartbeatSeconds)
    .default(swarms.heartbeatSeconds.default)
    .describe("Seconds between the heartbeats of a node."),
  certExpiryHours: whole(swarms.certExpiryHours)
    .default(swarms.certExpiryHours.default)
    .describe("Hours that a node's certificate is valid before it is renewed."),
  autolock: flag(swarms.autolock)
    .default(swarms.autolock.default)
    .describe(
      "Whether managers need a key, kept in Secrets Manager, after a restart. Fixed when the swarm is made; to take it back, run docker swarm update --autolock=false first.",
    ),
  taskHistoryLimit: whole(swarms.taskHistoryLimit)
    .default(swarms.taskHistoryLimit.default)
    .describe("Finished tasks kept per service slot."),
});

/** One opening in the security groups. */
export const accessRule = map({
  description: text(access.ruleDescription).describe("What the rule is for; shown in AWS."),
  to: choice(access.ruleTarget).describe("Which nodes the rule opens; nodes are managers and workers."),
  protocol: choice(access.ruleProtocol).describe("Protocol of the port."),
  port: whole(access.rulePort).describe("The port, or the first of a range."),
  toPort: whole(access.rulePort).optional().describe("The last port of a range. Default: port alone."),
  cidrs: list(text(access.ruleCidr).describe("A block that may connect."), access.ruleCidrs).describe(
    "IPv4 blocks that may connect.",
  ),
});
