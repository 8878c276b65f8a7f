import { contains, formatCidr, networkOf, overlaps, parseCidr } from "../network/cidr";
import { blockPattern } from "./block-pattern";
import type { Finding } from "./finding";
import { choiceLimit, listLimit, type TextLimit, textLimit, withDefault } from "./limit";
import { complain, either, show, suggest } from "./messages";
import { zonesOf } from "./regions";

/** Blocks nobody on the Internet answers from: a VPC or an overlay network elsewhere would hide somebody's service. */
const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Networks that a Docker daemon gives its local bridges, which overlay networks must leave alone. */
const DOCKER_LOCAL_POOLS = [...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`), "192.168.0.0/16"];

/** Most availability zones a network can have; the grid of its subnets keeps room beyond them. */
export const MAX_ZONES = 6;
/** Subnets are sixteenths of the VPC. */
const SUBNET_BITS = 4;
/** AWS keeps five addresses of a subnet; five endpoints and a mount target may take one each. */
const ADDRESSES_NOT_FOR_NODES = 11;

/** What else a block must be than a block: its message, or nothing. */
type Refuse = (value: string) => string | undefined;

/** An IPv4 block without host bits; `refuse` adds what else it must be. */
export function cidrLimit(
  example: string,
  refuse: Refuse = () => undefined,
  exactly: string = blockPattern(0, 32),
): TextLimit {
  const must = "be an IPv4 block: four decimal numbers up to 255, then a slash and a prefix length up to 32";
  return textLimit({
    pattern: /^[0-9]{1,3}(\.[0-9]{1,3}){3}\/[0-9]{1,2}$/,
    must,
    example,
    exactly: `^${exactly}$`,
    meant: (value) => blockAround(value, refuse),
    refuse: (value) => {
      const block = parseCidr(value);
      if (block === undefined) return complain({ must, example }, value);
      // What it must be besides comes first: advice that is refused in its turn would be none.
      const refused = refuse(value);
      const network = formatCidr(networkOf(block));
      if (refused !== undefined || network === value) return refused;
      return `must have no host bits: ${show(value)} is an address inside ${network}; write ${network}`;
    },
  });
}

/** The block that an address without a length was meant for: the address alone, or the network of usual size it is in. */
function blockAround(value: string, refuse: Refuse): string | undefined {
  const candidates = [32, 16].flatMap((prefix) => {
    const block = parseCidr(`${value}/${prefix}`);
    return block === undefined ? [] : formatCidr(networkOf(block));
  });
  return candidates.find((candidate) => refuse(candidate) === undefined);
}

const FROM_64_TO_127 = "(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])";

/** Blocks of /16 or longer that lie inside a private block, by how they begin. */
const IN_PRIVATE_BLOCK = `(?=10\\.|172\\.(?:1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|100\\.${FROM_64_TO_127}\\.)`;

/** Blocks that do so and leave Docker's local ones alone. */
const FOR_OVERLAYS = `(?=10\\.|172\\.16\\..*/(?:1[6-9]|2[0-9])$|100\\.${FROM_64_TO_127}\\..*/[12][0-9]$)`;

/** Block of a VPC. */
export const vpcCidr = cidrLimit("10.20.0.0/16", refuseVpc, IN_PRIVATE_BLOCK + blockPattern(16, 24));

function refuseVpc(value: string): string | undefined {
  const prefix = Number(value.split("/")[1]);
  const example = "10.20.0.0/16";
  if (prefix < 16 || prefix > 24) {
    return complain({ must: "be between /16 and /24, which are the sizes a VPC can be cut up in", example }, value);
  }
  if (isPrivate(value)) return undefined;
  return complain({ must: `be a private block, inside ${either(PRIVATE_BLOCKS)}`, example }, value);
}

/** Block that overlay networks are cut from: by default at the far end of 10.0.0.0/8, where few VPCs are. */
export const addressPool = withDefault(
  cidrLimit("10.255.0.0/16", refusePool, FOR_OVERLAYS + blockPattern(8, 28)),
  "10.255.0.0/16",
);

function refusePool(value: string): string | undefined {
  const prefix = Number(value.split("/")[1]);
  const example = "10.255.0.0/16";
  if (prefix < 8 || prefix > 28) return complain({ must: "be between /8 and /28", example }, value);
  if (isPrivate(value)) return undefined;
  return complain({ must: `lie inside ${either(PRIVATE_BLOCKS)}`, example }, value);
}

export const availabilityZones = listLimit(
  1,
  MAX_ZONES,
  `be a list of 1 to ${MAX_ZONES} availability zones`,
  "[eu-west-1a, eu-west-1b, eu-west-1c]",
);

export const availabilityZone = textLimit({
  pattern: /^[a-z0-9-]+$/,
  must: "be an availability zone",
  example: "eu-west-1a",
});

/** Which subnets nodes are in. */
export const nodeSubnets = withDefault(choiceLimit(["public", "private"]), "private");

/** Ways out of the private subnets. */
export const nat = choiceLimit(["none", "single", "per-zone"]);

/** Ways out of the private subnets, unless said: nodes with addresses of their own need none. */
export function defaultNat(subnets: "public" | "private"): "none" | "single" {
  return subnets === "private" ? "single" : "none";
}

/** What is wrong with a way out beside the subnets that nodes are in, or nothing. */
export function natFault(nat: string | undefined, subnets: string | undefined): string | undefined {
  if (subnets !== "public" || nat === undefined || nat === "none") return undefined;
  return `must be none where nodes have public addresses, which need no NAT gateway, got ${nat}; drop it, or write nodeSubnets: private`;
}

/** What is wrong with zones beside their region and each other, by their place in the list. */
export function zoneFindings(zones: readonly (string | undefined)[], region: string | undefined): Finding[] {
  const known = region === undefined ? [] : zonesOf(region);
  const foreign = zones.flatMap((zone, index): Finding[] =>
    known.length === 0 || zone === undefined || known.includes(zone)
      ? []
      : [
          {
            path: [index],
            message: `must be a zone of ${region}, got ${show(zone)}; write ${nearestZone(zone, known)}`,
          },
        ],
  );
  const again = repeated(zones).map(({ value, index }) => ({
    path: [index],
    message: `must be named once, got ${show(value)} again; write another zone, or drop it`,
  }));
  return [...foreign, ...again];
}

function nearestZone(zone: string, known: readonly string[]): string {
  // One letter is off in nearly every mistake, so a suggestion would be a guess unless the letter itself is right.
  const meant = known.filter((candidate) => candidate.at(-1) === zone.at(-1));
  return meant.length === 1 && suggest(zone, meant) !== undefined ? `${meant[0]}` : either(known);
}

/**
 * What is wrong with a VPC's block beside the nodes that are to be in it, or nothing.
 *
 * @param nodes most nodes there may be
 */
export function roomFault(cidr: string, zones: number, nodes: number): string | undefined {
  const vpc = parseCidr(cidr);
  if (vpc === undefined || zones === 0) return undefined;
  const room = zones * (2 ** (32 - vpc.prefix - SUBNET_BITS) - ADDRESSES_NOT_FOR_NODES);
  if (nodes <= room) return undefined;
  const where = zones === 1 ? "one zone" : `${zones} zones`;
  return `must have an address for every node, got ${cidr}, whose subnets in ${where} hold ${room} of up to ${nodes} nodes; write a larger block, like a /16, or a smaller max of the pools`;
}

/** What is wrong with the pool of overlay networks beside what Docker itself uses, or nothing. */
export function localPoolFault(pool: string): string | undefined {
  if (!DOCKER_LOCAL_POOLS.some((local) => overlap(pool, local))) return undefined;
  return `must not overlap the networks Docker gives to local bridges (172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16), got ${pool}; write a block apart from them, like 10.255.0.0/16`;
}

/** Whether two blocks share an address. A text that is no block shares none. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlaps(a, b);
}

/** A pool of overlay networks that is apart from a block. */
export function poolApartFrom(block: string): string {
  return ["10.255.0.0/16", "10.254.0.0/16"].find((pool) => !overlap(pool, block)) as string;
}

function isPrivate(value: string): boolean {
  const inner = parseCidr(value);
  return PRIVATE_BLOCKS.some((block) => {
    const outer = parseCidr(block);
    return inner !== undefined && outer !== undefined && contains(outer, inner);
  });
}

/** The values that stand in a list before, and where they stand again. */
export function repeated(values: readonly (string | undefined)[]): { value: string; index: number }[] {
  return values.flatMap((value, index) =>
    value !== undefined && values.indexOf(value) < index ? [{ value, index }] : [],
  );
}
