import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { MAX_ZONES } from "../../lib/limits/network";
import { type Cidr, contains, formatCidr, networkOf, overlaps, parseCidr } from "../../lib/network/cidr";
import { planSubnets } from "../../lib/network/subnet-plan";

const ZONES = ["a", "b", "c", "d", "e", "f"].map((letter) => `eu-west-1${letter}`);

/** Any block a VPC may have. */
const vpcCidr = fc
  .record({ address: fc.integer({ min: 0, max: 0xffffffff }), prefix: fc.integer({ min: 16, max: 24 }) })
  .map((cidr) => formatCidr(networkOf(cidr)));

const zoneCount = fc.integer({ min: 1, max: MAX_ZONES });

function blocksOf(cidr: string, zones: readonly string[]): readonly Cidr[] {
  return planSubnets(cidr, zones).flatMap(({ publicCidr, privateCidr }) => [parse(publicCidr), parse(privateCidr)]);
}

function parse(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`not a block: ${text}`);
  return cidr;
}

describe("planSubnets", () => {
  test("puts public subnets in the lower half of the VPC and private ones in the upper", () => {
    // WHEN
    const plan = planSubnets("10.20.0.0/16", ZONES.slice(0, 2));

    // THEN
    expect(plan).toEqual([
      { zone: "eu-west-1a", publicCidr: "10.20.0.0/20", privateCidr: "10.20.128.0/20" },
      { zone: "eu-west-1b", publicCidr: "10.20.16.0/20", privateCidr: "10.20.144.0/20" },
    ]);
  });

  test("makes subnets of the smallest size AWS allows from the smallest VPC", () => {
    // WHEN
    const [first] = planSubnets("10.20.30.0/24", ZONES);

    // THEN
    expect(first?.publicCidr).toBe("10.20.30.0/28");
  });

  test("refuses more zones than the grid has places for", () => {
    expect(() => planSubnets("10.20.0.0/16", [...ZONES, "eu-west-1g"])).toThrow("at most 6 availability zones, got 7");
  });

  test("refuses what is not a block", () => {
    expect(() => planSubnets("10.20.0.0", ZONES)).toThrow("not an IPv4 block: 10.20.0.0");
  });

  property.prop([vpcCidr, zoneCount])("never lets two subnets overlap", (cidr, count) => {
    const blocks = blocksOf(cidr, ZONES.slice(0, count));
    expect(blocks).toHaveLength(2 * count);
    for (const [index, block] of blocks.entries()) {
      expect(blocks.slice(index + 1).some((other) => overlaps(block, other))).toBe(false);
    }
  });

  property.prop([vpcCidr, zoneCount])("keeps every subnet inside of the VPC", (cidr, count) => {
    expect(blocksOf(cidr, ZONES.slice(0, count)).every((block) => contains(parse(cidr), block))).toBe(true);
  });

  property.prop([vpcCidr, fc.integer({ min: 1, max: MAX_ZONES - 1 })])(
    "leaves the subnets of the other zones alone when a zone is appended",
    (cidr, count) => {
      const before = planSubnets(cidr, ZONES.slice(0, count));
      const after = planSubnets(cidr, ZONES.slice(0, count + 1));
      expect(after.slice(0, count)).toEqual(before);
    },
  );
});
