import { contains, hasHostBits, parseCidr } from "./cidr";
import { MAX_ZONES } from "./subnet-plan";

const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"] as const;

/** What is wrong with the block of a VPC, or nothing. */
export function vpcCidrFault(name: string, cidr: string): string | undefined {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) return `${name} must be an IPv4 block like 10.20.0.0/16, got ${JSON.stringify(cidr)}`;
  if (parsed.prefix < 16 || parsed.prefix > 24) return `${name} must be a /16 to /24 block, got ${cidr}`;
  if (hasHostBits(cidr)) return `${name} must not have bits set beyond its prefix, got ${cidr}`;
  const isPrivate = PRIVATE_RANGES.some((text) => {
    const range = parseCidr(text);
    return range !== undefined && contains(range, parsed);
  });
  return isPrivate ? undefined : `${name} must be in a private range (${PRIVATE_RANGES.join(", ")}), got ${cidr}`;
}

/** What is wrong with a list of availability zones, each thing by itself. */
export function zoneFaults(zones: readonly string[], region?: string): readonly string[] {
  const faults: string[] = [];
  const got = JSON.stringify(zones);
  if (zones.length < 1 || zones.length > MAX_ZONES) {
    faults.push(`availabilityZones must name 1 to ${MAX_ZONES} zones, got ${got}`);
  }
  if (new Set(zones).size < zones.length) faults.push(`availabilityZones must name each zone once, got ${got}`);
  for (const zone of zones) {
    if (region !== undefined && !(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
      faults.push(`availabilityZones must be zones of ${region}, like ${region}a, got ${JSON.stringify(zone)}`);
    }
  }
  return faults;
}
