import type { AccountInstance, AccountRule } from "../emulator/account-state";
import { type Cut, type CutChains, renderCuts } from "./firewall-cuts";
import { type Delay, renderDelays } from "./firewall-delays";
import { METADATA_ADDRESS, type VpcNetwork } from "./network-plan";

/** Begins the name of each chain of the lab. */
export const CHAIN_PREFIX = "SWLAB-";

/** Host to host, hooked into Docker's own chain for users' rules. */
export const FORWARD_CHAIN = `${CHAIN_PREFIX}FORWARD`;
/** Hosts to this machine. */
export const INPUT_CHAIN = `${CHAIN_PREFIX}INPUT`;
/** This machine to hosts. */
export const OUTPUT_CHAIN = `${CHAIN_PREFIX}OUTPUT`;

/** Port of the lab's AWS API on the metadata address. */
export const API_PORT = 4566;

/** Where the emulated AWS API answers on this machine. */
export const ENDPOINT = `http://127.0.0.1:${API_PORT}`;

/** What the firewall is made from. */
export interface FirewallInput {
  readonly networks: readonly VpcNetwork[];
  /** Those that have an address; the others have no traffic. */
  readonly instances: readonly AccountInstance[];
  readonly rules: readonly AccountRule[];
  /** Hosts that are cut off from the others. @default - none */
  readonly cuts?: readonly Cut[];
  /** Hosts whose packets are late. @default - none */
  readonly delays?: readonly Delay[];
}

/** A rendered firewall. */
export interface Firewall {
  /** Input for `iptables-restore --noflush`: replaces all chains at once. */
  readonly text: string;
  readonly chains: readonly string[];
}

const CUT_CHAINS: CutChains = {
  prefix: `${CHAIN_PREFIX}CUT-`,
  forward: FORWARD_CHAIN,
  input: INPUT_CHAIN,
  output: OUTPUT_CHAIN,
};

const ESTABLISHED = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

/**
 * Security groups as iptables rules on the outer machine, where no host's root can change them. A packet between two
 * hosts passes the sender's egress chain, which returns on a match, then the receiver's ingress chain, which accepts;
 * both end in DROP, and so does what no instance owns. Groups are stateful, hence ESTABLISHED first.
 *
 * @param obsolete - Chains that are there and no longer wanted may be among them; they are removed.
 */
export function renderFirewall(input: FirewallInput, obsolete: readonly string[] = []): Firewall {
  const instances = input.instances.filter(({ privateIp }) => privateIp !== null);
  const members = membersByGroup(instances);
  const owned = instances.flatMap((instance) => [
    { name: chainName("E", instance), rules: instanceRules("egress", instance, input.rules, members, "RETURN") },
    { name: chainName("I", instance), rules: instanceRules("ingress", instance, input.rules, members, "ACCEPT") },
  ]);
  const cuts = renderCuts(input.cuts ?? [], input.networks, CUT_CHAINS);
  const chains = [FORWARD_CHAIN, INPUT_CHAIN, OUTPUT_CHAIN, ...cuts.chains, ...owned.map(({ name }) => name)];
  const unwanted = obsolete.filter((name) => name.startsWith(CHAIN_PREFIX) && !chains.includes(name));
  const lines = [
    "*filter",
    ...chains.map((name) => `:${name} - [0:0]`),
    ...cuts.rules,
    ...renderDelays(input.delays ?? [], input.networks, CUT_CHAINS),
    ...input.networks.flatMap((network) => machineRules(network)),
    ...input.networks.flatMap((network) => forwardRules(network, instances)),
    ...owned.flatMap(({ name, rules }) => [...rules, "-j DROP"].map((rule) => `-A ${name} ${rule}`)),
    ...unwanted.map((name) => `-F ${name}`),
    ...unwanted.map((name) => `-X ${name}`),
    "COMMIT",
    "",
  ];
  return { text: lines.join("\n"), chains };
}

function forwardRules(network: VpcNetwork, instances: readonly AccountInstance[]): string[] {
  const between = `-A ${FORWARD_CHAIN} -i ${network.bridge} -o ${network.bridge}`;
  const local = instances.filter(({ vpcId }) => vpcId === network.vpcId);
  return [
    `${between} ${ESTABLISHED}`,
    ...local.map((instance) => `${between} -s ${instance.privateIp}/32 -j ${chainName("E", instance)}`),
    ...local.map((instance) => `${between} -d ${instance.privateIp}/32 -j ${chainName("I", instance)}`),
    `${between} -j DROP`,
    // A VPC has no way in or out but this machine's own services.
    `-A ${FORWARD_CHAIN} -i ${network.bridge} -j DROP`,
    `-A ${FORWARD_CHAIN} -o ${network.bridge} -j DROP`,
  ];
}

function machineRules({ bridge, resolver }: VpcNetwork): string[] {
  return [
    `-A ${INPUT_CHAIN} -i ${bridge} ${ESTABLISHED}`,
    `-A ${INPUT_CHAIN} -i ${bridge} -d ${METADATA_ADDRESS}/32 -p tcp -m multiport --dports 80,${API_PORT} -j ACCEPT`,
    `-A ${INPUT_CHAIN} -i ${bridge} -d ${resolver}/32 -p udp --dport 53 -j ACCEPT`,
    `-A ${INPUT_CHAIN} -i ${bridge} -d ${resolver}/32 -p tcp --dport 53 -j ACCEPT`,
    `-A ${INPUT_CHAIN} -i ${bridge} -j DROP`,
    // No security group lets this machine in: it is no member of the VPC.
    `-A ${OUTPUT_CHAIN} -o ${bridge} ${ESTABLISHED}`,
    `-A ${OUTPUT_CHAIN} -o ${bridge} -j DROP`,
  ];
}

function instanceRules(
  direction: "ingress" | "egress",
  instance: AccountInstance,
  rules: readonly AccountRule[],
  members: ReadonlyMap<string, readonly string[]>,
  verdict: string,
): string[] {
  const peer = direction === "ingress" ? "-s" : "-d";
  const rendered = rules
    .filter((rule) => rule.direction === direction && instance.securityGroupIds.includes(rule.groupId))
    .flatMap((rule) => {
      const traffic = renderTraffic(rule);
      const sources = rule.sourceGroupId !== null ? (members.get(rule.sourceGroupId) ?? []) : [rule.cidr ?? ""];
      return sources
        .filter((source) => source !== "" && !source.includes(":")) // the lab has no IPv6
        .map((source) => `${peer} ${source}${traffic} -j ${verdict}`);
    });
  return [...new Set(rendered)];
}

function renderTraffic({ protocol, fromPort, toPort }: AccountRule): string {
  if (protocol === "-1") return "";
  if (protocol === "icmp") return ` -p icmp${fromPort === null || fromPort < 0 ? "" : ` --icmp-type ${fromPort}`}`;
  const allPorts = fromPort === null || fromPort < 0 || (protocol !== "tcp" && protocol !== "udp");
  return ` -p ${protocol}${allPorts ? "" : ` --dport ${fromPort}:${toPort ?? fromPort}`}`;
}

function membersByGroup(instances: readonly AccountInstance[]): Map<string, string[]> {
  const members = new Map<string, string[]>();
  for (const { securityGroupIds, privateIp } of instances)
    for (const group of securityGroupIds) members.set(group, [...(members.get(group) ?? []), `${privateIp}/32`]);
  return members;
}

// Chain names may have 28 characters: the prefix, one letter, a dash and an instance id have 27.
function chainName(kind: "I" | "E", instance: AccountInstance): string {
  return `${CHAIN_PREFIX}${kind}-${instance.id}`;
}
