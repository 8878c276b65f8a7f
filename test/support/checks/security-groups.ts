import type { Block } from "../synth";
import { type Check, groups, nodeSettings, securityGroupsOf, text } from "./check";

const SOURCES = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];
const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** A rule has one source, and who is let in from outside is written in the environment. */
export const rulesHaveOneSource: Check = (stack, config) =>
  stack.resources("aws_vpc_security_group_ingress_rule").flatMap(({ address, properties }) => {
    const sources = SOURCES.filter((source) => properties[source] !== undefined);
    if (sources.length !== 1) return [`${address} has ${sources.length} sources`];
    const cidr = text(properties.cidr_ipv4 ?? properties.cidr_ipv6 ?? "");
    const configured = config.access.some(({ cidrs }) => cidrs.includes(cidr));
    const own = cidr === config.network.cidr;
    return cidr === "" || configured || own ? [] : [`${address} lets in ${cidr}, which nobody asked for`];
  });

/** Whoever reaches the swarm's own ports owns the swarm; so nobody in the world does. */
export const swarmPortsAreClosed: Check = (stack, config) => {
  const ports = [2375, 2376, 2377, 7946, config.swarm.dataPathPort];
  return stack
    .resources("aws_vpc_security_group_ingress_rule")
    .filter(({ properties }) => ANYWHERE.includes(text(properties.cidr_ipv4 ?? properties.cidr_ipv6)))
    .filter((rule) => ports.some((port) => covers(rule, port)))
    .map(({ address }) => `${address} opens the swarm to the world`);
};

/** A worker's containers must not own the cluster. */
export const workersDoNotReachManagersDocker: Check = (stack, config) => {
  const of = (kind: "manager" | "worker") =>
    groups(stack, config, kind).flatMap((group) => securityGroupsOf(stack, group).map(({ address }) => address));
  const [managers, workers] = [of("manager"), of("worker")];
  return stack
    .resources("aws_vpc_security_group_ingress_rule")
    .filter(({ properties }) => managers.some((group) => text(properties.security_group_id).includes(`${group}.`)))
    .filter(({ properties }) =>
      workers.some((group) => text(properties.referenced_security_group_id ?? "").includes(`${group}.`)),
    )
    .filter((rule) => covers(rule, 2375) || covers(rule, 2376))
    .map(({ address }) => `${address} lets workers own the managers`);
};

/** A protocol without ports has none in its rule, or every plan shows a change. */
export const espHasNoPorts: Check = (stack) => {
  const rules = stack
    .resources("aws_vpc_security_group_ingress_rule")
    .filter(({ properties }) => properties.ip_protocol === "50");
  return [
    ...(rules.length === 0 ? ["encrypted overlay networks cannot pass"] : []),
    ...rules
      .filter(({ properties }) => properties.from_port !== undefined || properties.to_port !== undefined)
      .map(({ address }) => `${address} has ports`),
  ];
};

/** The port the nodes are told is the one that is open between them. */
export const dataPathPortIsOpen: Check = (stack) => {
  const rules = stack
    .resources("aws_vpc_security_group_ingress_rule")
    .filter(
      ({ properties }) => properties.ip_protocol === "udp" && properties.referenced_security_group_id !== undefined,
    );
  return nodeSettings(stack)
    .map(({ swarm }) => (swarm as { dataPathPort: number }).dataPathPort)
    .filter((port) => !rules.some((rule) => rule.properties.from_port === port && rule.properties.to_port === port))
    .map((port) => `the data path ${port} is closed`);
};

/** Inline rules fight with rule resources over the same group. */
export const groupsHaveNoInlineRules: Check = (stack) =>
  stack
    .resources("aws_security_group")
    .filter(({ properties }) => "ingress" in properties || "egress" in properties)
    .map(({ address }) => `${address} has inline rules`);

/** Terraform takes a new group's way out away; a node without one neither joins nor downloads. */
export const nodesHaveAWayOut: Check = (stack, config) => {
  const egress = stack.resources("aws_vpc_security_group_egress_rule");
  return [...groups(stack, config, "manager"), ...groups(stack, config, "worker")]
    .flatMap((group) => securityGroupsOf(stack, group))
    .filter(({ address }) => !egress.some((rule) => text(rule.properties.security_group_id).includes(`${address}.`)))
    .map(({ address }) => `${address} has no way out`);
};

function covers({ properties }: Block, port: number): boolean {
  if (properties.ip_protocol === "-1") return true;
  return Number(properties.from_port) <= port && port <= Number(properties.to_port);
}
