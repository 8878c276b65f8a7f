import { PolicyFault } from "./policy-document";

/** Values of condition keys. A key that is not there was not part of the request, as far as AWS is concerned. */
export type PolicyContext = Readonly<Record<string, readonly string[]>>;

/** A piece of a pattern: characters that stand for themselves, or a wildcard. */
type Piece = { readonly literal: string } | { readonly wildcard: "*" | "?" };

const VARIABLE = /\$\{([^}]*)\}/g;
/** Variables that stand for a character which would otherwise mean something. */
const ESCAPES: Readonly<Record<string, string>> = { "*": "*", "?": "?", $: "$" };

/** Whether an action is one that a pattern names; upper and lower case are the same. */
export function matchesAction(pattern: string, action: string): boolean {
  return expression(wildcards(pattern), ".*", ".", "is").test(action);
}

/**
 * Whether a resource is one that a pattern names. A wildcard stays within its segment of the ARN, unless it ends the
 * segment.
 */
export function matchesArn(pattern: string, arn: string, context: PolicyContext): boolean {
  const pieces = resolve(pattern, context);
  return pieces !== undefined && arnExpression(pieces).test(arn);
}

/** Whether a value is one that a pattern of StringLike names. */
export function matchesLike(pattern: string, value: string, context: PolicyContext): boolean {
  const pieces = resolve(pattern, context);
  return pieces !== undefined && expression(pieces, ".*", ".", "s").test(value);
}

/** Whether a value is the one that is written, variables aside. */
export function matchesExactly(pattern: string, value: string, context: PolicyContext): boolean {
  const pieces = resolve(pattern, context);
  return pieces?.map((piece) => ("literal" in piece ? piece.literal : piece.wildcard)).join("") === value;
}

/** The pattern with its variables filled in, which then stand for themselves; `undefined` if one has no value. */
function resolve(pattern: string, context: PolicyContext): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: written, 1: name = "", index } of pattern.matchAll(VARIABLE)) {
    pieces.push(...wildcards(pattern.slice(end, index)));
    end = index + written.length;
    const meant = ESCAPES[name];
    if (meant === undefined && !/^[\w:/-]+$/.test(name)) throw new PolicyFault(`the variable ${written} is not known`);
    const values = meant === undefined ? (valuesOf(context, name) ?? []) : [meant];
    if (values.length > 1) throw new PolicyFault(`the variable ${written} has several values`);
    if (values[0] === undefined) return undefined;
    pieces.push({ literal: values[0] });
  }
  return [...pieces, ...wildcards(pattern.slice(end))];
}

/** Values of a condition key; keys are the same in upper and lower case. */
export function valuesOf(context: PolicyContext, key: string): readonly string[] | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

function wildcards(text: string): readonly Piece[] {
  return text
    .split(/([*?])/)
    .filter((part) => part !== "")
    .map((part) => (part === "*" || part === "?" ? { wildcard: part } : { literal: part }));
}

function arnExpression(pieces: readonly Piece[]): RegExp {
  const source = pieces.map((piece, index) => {
    if ("literal" in piece) return quoted(piece.literal);
    if (piece.wildcard === "?") return "[^:]";
    const next = pieces[index + 1];
    const endsSegment = next === undefined || ("literal" in next && next.literal.startsWith(":"));
    return endsSegment ? ".*" : "[^:]*";
  });
  return new RegExp(`^${source.join("")}$`, "s");
}

function expression(pieces: readonly Piece[], any: string, one: string, flags: string): RegExp {
  const source = pieces.map((piece) => {
    if ("literal" in piece) return quoted(piece.literal);
    return piece.wildcard === "*" ? any : one;
  });
  return new RegExp(`^${source.join("")}$`, flags);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
