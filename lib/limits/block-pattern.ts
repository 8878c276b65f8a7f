const OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/**
 * A pattern of the IPv4 blocks without host bits that have a length within bounds, for editors and other validators of
 * JSON Schema: the number that a length ends in must be one of its multiples, and all after it 0.
 */
export function blockPattern(shortest: number, longest: number): string {
  const lengths = Array.from({ length: longest - shortest + 1 }, (_, index) => shortest + index);
  return `(?:${lengths.map(ofLength).join("|")})`;
}

function ofLength(length: number): string {
  const whole = Math.floor(length / 8);
  const numbers = Array.from({ length: 4 }, (_, index) => {
    if (index < whole) return OCTET;
    return index === whole && length % 8 > 0 ? multiplesOf(2 ** (8 - (length % 8))) : "0";
  });
  return `${numbers.join("\\.")}/${length}`;
}

function multiplesOf(step: number): string {
  return `(?:${Array.from({ length: 256 / step }, (_, index) => index * step).join("|")})`;
}
