/** A request as IAM sees it. */
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys and policy variables. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

interface RenderedStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * Whether a rendered policy allows a request, for the parts of IAM's language that our policies use: allow statements,
 * wildcards, policy variables, and the set operators on strings. What it does not know it refuses by throwing.
 */
export function allows(policy: string, request: PolicyRequest): boolean {
  const { Statement: statements } = JSON.parse(policy) as { readonly Statement: readonly RenderedStatement[] };
  return statements.some(({ Effect: effect, Action: actions, Resource: resources, Condition: conditions = {} }) => {
    if (effect !== "Allow") throw new Error(`unknown effect ${effect}`);
    return (
      actions.some((pattern) => like(pattern, request.action)) &&
      resources.some((pattern) => like(pattern, request.resource)) &&
      Object.entries(conditions).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, key, values, request)),
      )
    );
  });
}

function holds(operator: string, key: string, patterns: readonly string[], { context = {} }: PolicyRequest): boolean {
  const values = [context[key] ?? []].flat();
  const wanted = patterns.map((pattern) => pattern.replace(/\$\{([^}]+)\}/g, (_, name) => String(context[name])));
  switch (operator) {
    case "ForAllValues:StringEquals":
      return values.every((value) => wanted.includes(value));
    case "ForAllValues:StringLike":
      return values.every((value) => wanted.some((pattern) => like(pattern, value)));
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function like(pattern: string, value: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(value);
}
