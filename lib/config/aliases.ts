import { type Document, isAlias, isMap, isSeq, type Node, type Pair, visit } from "yaml";
import { keyName, type SyntaxFault, startOf } from "./syntax";

/** What is wrong with the aliases of a document that cannot be made plain data: the first that cannot be followed. */
export function aliasFault(document: Document): SyntaxFault {
  const anchors = new Map<string, Node>();
  /** Anchored values that hold aliases themselves: what an alias of such a one stands for grows with each use. */
  const nested = new Set<Node>();
  let first: SyntaxFault | undefined;
  let repeated: number | undefined;
  visit(document, {
    Node(_, node, ancestors) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
        return undefined;
      }
      const target = anchors.get(node.source);
      first = faultOfAlias(node.source, startOf(node), target, ancestors.includes(target as Node));
      if (first !== undefined) return visit.BREAK;
      for (const ancestor of ancestors) nested.add(ancestor as Node);
      repeated ??= nested.has(target as Node) ? startOf(node) : undefined;
      return undefined;
    },
    Pair(_, pair) {
      if (keyName(pair.key) !== "<<" || isMergeable(pair, anchors)) return undefined;
      const message = "must be a map to be merged, got something else; write an alias of a map, like *small";
      first = { offset: startOf(pair.key as Node), message };
      return visit.BREAK;
    },
  });
  const tooMany =
    "must not repeat values by aliases more than 100 times, got aliases of what holds aliases; write the values out";
  return first ?? { offset: repeated ?? firstAlias(document), message: tooMany };
}

function faultOfAlias(name: string, offset: number, target: Node | undefined, isInside: boolean) {
  if (target === undefined) {
    return {
      offset,
      message: `must be an alias of an anchor before it, got *${name}; write &${name} at a value before`,
    };
  }
  if (isInside) return { offset, message: `must not stand for what it is in, got *${name}; write the value out` };
  return undefined;
}

function isMergeable({ value }: Pair, anchors: ReadonlyMap<string, Node>): boolean {
  const source = isAlias(value) ? anchors.get(value.source) : value;
  // An alias that leads nowhere is told by itself.
  return source === undefined || isMap(source) || isSeq(source);
}

function firstAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias(_, alias) {
      offset = startOf(alias);
      return visit.BREAK;
    },
  });
  return offset;
}
