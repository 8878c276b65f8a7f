const FIRST = 1_000;
const LONGEST = 60_000;
const SHORTEST = 100;

/**
 * Milliseconds to wait after `failures` earlier failures in a row: anywhere between nothing and a bound that doubles
 * from one second to a minute, so that nodes that failed together do not come back together.
 */
export function backOff(failures: number, random: number): number {
  const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 16));
  return Math.max(SHORTEST, random * bound);
}

/** A number of at least 0 and below 1 that is always the same for the same text (32-bit FNV-1a). */
export function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  // The low bits of short texts are mixed best, and only after one more turn.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
