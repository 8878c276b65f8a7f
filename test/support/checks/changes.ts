import type { SynthesizedStack } from "../synth";

/** What differs between two stacks: `aws_vpc.x` where a block came or went, `aws_vpc.x.cidr_block` where one changed. */
export function changes(before: SynthesizedStack, after: SynthesizedStack): readonly string[] {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((address) => {
    const [a, b] = [old.get(address), now.get(address)];
    if (a === undefined || b === undefined) return [address];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
      .sort()
      .map((key) => `${address}.${key}`);
  });
}

function blocksOf(stack: SynthesizedStack): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const locals = Object.entries((stack.json.locals ?? {}) as Record<string, Record<string, unknown>>);
  return new Map([
    ...[...stack.resources(), ...stack.dataSources()].map((block) => [block.address, block.properties] as const),
    ...locals.map(([name, value]) => [`local.${name}`, value] as const),
  ]);
}
