import { IPv4 } from "ipaddr.js";

/** An IPv4 block as written: `address` may have host bits; {@link networkOf} clears them. */
export interface Cidr {
  /** The address as an unsigned 32-bit number, so `10.0.0.0` is `0x0a000000`. */
  readonly address: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

// JavaScript's shifts are signed and take the count modulo 32, so block sizes are powers and divisions, not shifts.
const ADDRESS_BITS = 32;

/**
 * Reads `a.b.c.d/n` and nothing looser: four decimal parts without leading zeros, then a prefix length of 0 to 32.
 * Host bits are allowed here, so that a caller can tell them apart from nonsense with {@link hasHostBits}.
 *
 * @returns `undefined` when the text is not such a block.
 */
export function parseCidr(text: string): Cidr | undefined {
  // ipaddr.js takes a prefix like `/08`, which some readers take for octal.
  if (!IPv4.isValidCIDRFourPartDecimal(text) || /\/0\d/.test(text)) return undefined;
  const [address, prefix] = IPv4.parseCIDR(text);
  return { address: address.octets.reduce((value, octet) => value * 256 + octet, 0), prefix };
}

/** Writes a block as `a.b.c.d/n`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.prefix}`;
}

/** Writes an unsigned 32-bit number as `a.b.c.d`. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** Whether the text is a block whose address has bits set beyond its prefix, like `10.0.5.0/16`. */
export function hasHostBits(text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && networkOf(cidr).address !== cidr.address;
}

/** The block without host bits: `10.0.5.0/16` becomes `10.0.0.0/16`. */
export function networkOf(cidr: Cidr): Cidr {
  return { address: cidr.address - (cidr.address % sizeOf(cidr)), prefix: cidr.prefix };
}

/** Number of addresses in a block. */
export function sizeOf(cidr: { readonly prefix: number }): number {
  return 2 ** (ADDRESS_BITS - cidr.prefix);
}

/** Whether two blocks share at least one address. Host bits do not count. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return firstOf(a) <= lastOf(b) && firstOf(b) <= lastOf(a);
}

/** Whether every address of `inner` is in `outer`. Host bits do not count; a block contains itself. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return firstOf(outer) <= firstOf(inner) && lastOf(inner) <= lastOf(outer);
}

/**
 * All blocks of length `newPrefix` inside `cidr`, in order; none when `newPrefix` is shorter than the block's own.
 * The list has `2 ** (newPrefix - cidr.prefix)` entries.
 */
export function subnetsOf(cidr: Cidr, newPrefix: number): string[] {
  if (newPrefix > ADDRESS_BITS) return [];
  const size = sizeOf({ prefix: newPrefix });
  // Less than one, and so none, when the new blocks are larger than the block.
  const count = sizeOf(cidr) / size;
  return Array.from({ length: count }, (_, index) =>
    formatCidr({ address: firstOf(cidr) + index * size, prefix: newPrefix }),
  );
}

/**
 * The first block of length `newPrefix` inside `outer` that overlaps none of `taken`.
 *
 * @returns `undefined` when there is no room.
 */
export function nextFree(outer: Cidr, taken: readonly Cidr[], newPrefix: number): string | undefined {
  if (newPrefix > ADDRESS_BITS) return undefined;
  const size = sizeOf({ prefix: newPrefix });
  let candidate: Cidr = { address: firstOf(outer), prefix: newPrefix };
  while (contains(outer, candidate)) {
    const current = candidate;
    const obstacle = taken.find((block) => overlaps(block, current));
    if (obstacle === undefined) return formatCidr(candidate);
    // Jump past what is in the way, to the next boundary of our own size: linear in the blocks taken, not in addresses.
    candidate = { address: Math.ceil((lastOf(obstacle) + 1) / size) * size, prefix: newPrefix };
  }
  return undefined;
}

function firstOf(cidr: Cidr): number {
  return networkOf(cidr).address;
}

function lastOf(cidr: Cidr): number {
  return firstOf(cidr) + sizeOf(cidr) - 1;
}
