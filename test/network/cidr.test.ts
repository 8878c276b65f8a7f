import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type Cidr,
  contains,
  formatCidr,
  hasHostBits,
  networkOf,
  nextFree,
  overlaps,
  parseCidr,
  sizeOf,
  subnetsOf,
} from "../../lib/network/cidr";

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`not a CIDR: ${text}`);
  return parsed;
};

const arbitraryCidr = fc.record({
  address: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  prefix: fc.integer({ min: 0, max: 32 }),
});

describe("parseCidr", () => {
  test.each([
    "10.0.0/16", // ipaddr.js would read 10.0.0.0/16
    "010.0.0.0/8",
    "0x0a.0.0.0/8",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/1e1",
    "10.0.0.256/8",
    " 10.0.0.0/8",
    "10.0.0.0/8 ",
    "10.0.0.0/8\n",
    "10.0.0.0/8/8",
    "::/0",
    "",
  ])("refuses %j", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it("reads the highest address as an unsigned number", () => {
    expect(parseCidr("255.255.255.255/32")).toEqual({ address: 2 ** 32 - 1, prefix: 32 });
  });

  it("keeps host bits, so that a caller can name them", () => {
    expect(parseCidr("10.0.5.0/16")).toEqual({ address: 0x0a000500, prefix: 16 });
  });

  it("gives back every block that formatCidr wrote", () => {
    fc.assert(
      fc.property(arbitraryCidr, (block) => {
        expect(parseCidr(formatCidr(block))).toEqual(block);
      }),
    );
  });
});

describe("host bits", () => {
  test.each([
    ["10.0.5.0/16", true, "10.0.0.0/16"],
    ["10.0.0.0/16", false, "10.0.0.0/16"],
    ["192.168.1.1/32", false, "192.168.1.1/32"],
    ["192.168.1.1/0", true, "0.0.0.0/0"],
    ["255.255.255.255/1", true, "128.0.0.0/1"],
  ])("%s has host bits: %s", (text, expected, network) => {
    expect(hasHostBits(text)).toBe(expected);
    expect(formatCidr(networkOf(cidr(text)))).toBe(network);
  });

  it("are not claimed of text that is no CIDR", () => {
    expect(hasHostBits("nonsense")).toBe(false);
  });
});

describe("overlaps and contains", () => {
  test.each([
    ["10.0.0.0/16", "10.0.128.0/17", true, true],
    ["10.0.128.0/17", "10.0.0.0/16", true, false],
    ["10.0.0.0/16", "10.1.0.0/16", false, false],
    ["10.0.0.0/16", "10.0.0.0/16", true, true],
    ["0.0.0.0/0", "255.255.255.255/32", true, true],
    ["128.0.0.0/1", "127.255.255.255/32", false, false],
    ["10.0.9.9/16", "10.0.1.0/24", true, true],
  ])("%s and %s overlap: %s; the first contains the second: %s", (a, b, overlap, contained) => {
    expect(overlaps(cidr(a), cidr(b))).toBe(overlap);
    expect(contains(cidr(a), cidr(b))).toBe(contained);
  });

  it("blocks overlap only when one contains the other, whichever is asked first", () => {
    fc.assert(
      fc.property(arbitraryCidr, arbitraryCidr, (a, b) => {
        expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
        expect(overlaps(b, a)).toBe(overlaps(a, b));
      }),
    );
  });
});

describe("subnetsOf", () => {
  it("splits a block into equal blocks in order", () => {
    expect(subnetsOf(cidr("10.20.0.0/16"), 18)).toEqual([
      "10.20.0.0/18",
      "10.20.64.0/18",
      "10.20.128.0/18",
      "10.20.192.0/18",
    ]);
  });

  test.each([15, 33])("gives none when the prefix is /%i, outside the block", (prefix) => {
    expect(subnetsOf(cidr("10.20.0.0/16"), prefix)).toEqual([]);
  });

  it("covers the block exactly, without overlaps", () => {
    fc.assert(
      fc.property(arbitraryCidr, fc.integer({ min: 0, max: 6 }), (block, bits) => {
        fc.pre(block.prefix + bits <= 32);
        const parts = subnetsOf(block, block.prefix + bits).map(cidr);
        expect(parts.every((part) => contains(block, part))).toBe(true);
        expect(parts.reduce((total, part) => total + sizeOf(part), 0)).toBe(sizeOf(block));
        expect(parts.some((part, index) => parts.slice(index + 1).some((other) => overlaps(part, other)))).toBe(false);
      }),
    );
  });
});

describe("nextFree", () => {
  test.each([
    [[], "10.0.0.0/24"],
    [["10.0.0.0/24"], "10.0.1.0/24"],
    [["10.0.1.0/24"], "10.0.0.0/24"],
    [["10.0.0.0/25", "10.0.1.128/25"], "10.0.2.0/24"],
    [["10.0.0.0/8"], undefined],
  ])("beside %j is %s", (taken, expected) => {
    expect(nextFree(cidr("10.0.0.0/16"), taken.map(cidr), 24)).toBe(expected);
  });

  it("is the outer block itself where that long a block is wanted", () => {
    expect(nextFree(cidr("10.0.0.0/16"), [], 16)).toBe("10.0.0.0/16");
  });

  it("finds none when the wanted block is longer than an address", () => {
    expect(nextFree(cidr("10.0.0.0/31"), [cidr("10.0.0.0/32")], 33)).toBeUndefined();
  });

  it("finds none when the wanted block is larger than the outer one", () => {
    expect(nextFree(cidr("10.0.0.0/16"), [], 15)).toBeUndefined();
  });

  it("ends at the end of the address space", () => {
    expect(nextFree(cidr("255.255.255.0/24"), [cidr("255.255.255.0/24")], 25)).toBeUndefined();
  });

  it("is the first of the equal subnets that overlaps nothing taken", () => {
    const outer = cidr("10.0.0.0/16");
    const inside = fc.record({
      address: fc.integer({ min: 0x0a000000, max: 0x0a00ffff }),
      prefix: fc.integer({ min: 17, max: 28 }),
    });
    fc.assert(
      fc.property(fc.array(inside, { maxLength: 12 }), fc.integer({ min: 17, max: 22 }), (taken, prefix) => {
        const expected = subnetsOf(outer, prefix).find((text) => !taken.some((block) => overlaps(block, cidr(text))));
        expect(nextFree(outer, taken, prefix)).toBe(expected);
      }),
    );
  });
});
