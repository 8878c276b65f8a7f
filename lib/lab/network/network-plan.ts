import { type Cidr, formatAddress, formatCidr, networkOf, overlaps, parseCidr } from "../../network/cidr";
import type { AccountVpc } from "../emulator/account-state";

/** Instance metadata, and the lab's AWS API, on every VPC's bridge. */
export const METADATA_ADDRESS = "169.254.169.254";

/** Begins the name of each bridge. */
export const BRIDGE_PREFIX = "swlab";

/** The Docker network that stands for a VPC. */
export interface VpcNetwork {
  readonly vpcId: string;
  readonly cidr: string;
  readonly bridge: string;
  /** Second address of the block: the router, as in every AWS subnet. */
  readonly gateway: string;
  /** Third address of the block: the VPC's resolver. */
  readonly resolver: string;
}

/** A route of this machine. */
export interface MachineRoute {
  readonly cidr: string;
  readonly device: string;
}

/**
 * The networks for these VPCs: each keeps the bridge it has, a new one takes the lowest free number.
 *
 * @param present - Networks that are there, by what was planned for them before.
 */
export function planNetworks(vpcs: readonly AccountVpc[], present: readonly VpcNetwork[]): VpcNetwork[] {
  const kept = present.filter((network) => vpcs.some(({ id }) => id === network.vpcId));
  const taken = new Set(present.map(({ bridge }) => bridge));
  return vpcs.map((vpc) => {
    const old = kept.find(({ vpcId }) => vpcId === vpc.id);
    if (old !== undefined) return old;
    let number = 0;
    while (taken.has(`${BRIDGE_PREFIX}${number}`)) number += 1;
    taken.add(`${BRIDGE_PREFIX}${number}`);
    return networkFor(vpc, `${BRIDGE_PREFIX}${number}`);
  });
}

function networkFor(vpc: AccountVpc, bridge: string): VpcNetwork {
  const base = networkOf(blockOf(vpc.cidr));
  return {
    vpcId: vpc.id,
    cidr: formatCidr(base),
    bridge,
    gateway: formatAddress(base.address + 1),
    resolver: formatAddress(base.address + 2),
  };
}

/** Routes of this machine that a VPC with this block would take over; ours are not among them. */
export function overlappingRoutes(cidr: string, routes: readonly MachineRoute[]): MachineRoute[] {
  const block = blockOf(cidr);
  return routes
    .filter(({ device }) => !device.startsWith(BRIDGE_PREFIX))
    .filter((route) => overlaps(block, blockOf(route.cidr)));
}

/** Reads `ip -json -4 route`; default routes and unreachable ones lead to no place that a VPC could hide. */
export function parseRoutes(json: string): MachineRoute[] {
  const routes = JSON.parse(json || "[]") as { dst: string; dev?: string; type?: string }[];
  return routes
    .filter(({ dst, dev, type }) => dst !== "default" && dev !== undefined && (type ?? "unicast") === "unicast")
    .map(({ dst, dev }) => ({ cidr: dst.includes("/") ? dst : `${dst}/32`, device: dev ?? "" }));
}

/** What to say of a VPC that would hide parts of the machine's own network. */
export function describeOverlap(cidr: string, routes: readonly MachineRoute[]): string {
  const list = routes.map((route) => `${route.cidr} (${route.device})`).join(", ");
  return `the VPC's ${cidr} overlaps networks this machine is in: ${list}; choose another network.cidr for the lab`;
}

function blockOf(text: string): Cidr {
  const block = parseCidr(text);
  if (block === undefined) throw new Error(`${text} is not an IPv4 block`);
  return block;
}
