import { MAX_ZONES } from "../limits/network";
import { parseCidr, subnetsOf } from "./cidr";

/** The grid has 2^4 equal blocks: 8 for public subnets, then 8 for private ones. */
const GRID_BITS = 4;
const BLOCKS_PER_TIER = 8;

/** The subnets of one availability zone. */
export interface ZoneSubnets {
  readonly zone: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/**
 * Where the subnets of a VPC go. A zone's blocks depend on its place in the list alone, so a zone appended later
 * leaves the subnets of the others as they are. Two blocks of each tier are never used: room for subnets of other
 * makers.
 *
 * @param cidr block of the VPC, without host bits; a /16 gives subnets of /20, a /24 of /28, the smallest AWS allows
 * @param zones availability zones in their fixed order, at most {@link MAX_ZONES}
 */
export function planSubnets(cidr: string, zones: readonly string[]): readonly ZoneSubnets[] {
  const vpc = parseCidr(cidr);
  if (vpc === undefined) throw new RangeError(`not an IPv4 block: ${cidr}`);
  if (zones.length > MAX_ZONES) throw new RangeError(`at most ${MAX_ZONES} availability zones, got ${zones.length}`);
  const grid = subnetsOf(vpc, vpc.prefix + GRID_BITS);
  return zones.map((zone, index) => {
    const publicCidr = grid[index];
    const privateCidr = grid[BLOCKS_PER_TIER + index];
    if (publicCidr === undefined || privateCidr === undefined) throw new RangeError(`no room for subnets in ${cidr}`);
    return { zone, publicCidr, privateCidr };
  });
}
