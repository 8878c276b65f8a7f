import type { Block, SynthesizedStack } from "../synth";

/** Who needs whom, as Terraform sees it: by reference, through local values too, and by `depends_on`. */
export class Graph {
  private readonly edges: ReadonlyMap<string, readonly string[]>;

  public constructor(stack: SynthesizedStack) {
    const blocks = [...stack.resources(), ...stack.dataSources()];
    const locals = Object.entries((stack.json.locals ?? {}) as Record<string, unknown>);
    const nodes = [
      ...blocks.map(({ address, properties }) => [address, properties] as const),
      ...locals.map(([name, value]) => [`local.${name}`, value] as const),
    ];
    const known = new Set(nodes.map(([address]) => address));
    this.edges = new Map(
      nodes.map(([address, content]) => [address, addressesIn(content).filter((each) => known.has(each))]),
    );
  }

  /** Whether a block needs another, directly or not. */
  public needs(from: Block, to: Block): boolean {
    return this.reachable(from.address).has(to.address);
  }

  /** Addresses of what needs a block directly. */
  public whoNeeds({ address }: Block): readonly string[] {
    return [...this.edges].filter(([from, to]) => from !== address && to.includes(address)).map(([from]) => from);
  }

  private reachable(start: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const open = [start];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const neighbour of this.edges.get(next) ?? []) {
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        open.push(neighbour);
      }
    }
    return seen;
  }
}

function addressesIn(content: unknown): readonly string[] {
  return JSON.stringify(content).match(/(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*/g) ?? [];
}
