/** One statement of a policy, as AWS reads it: policy variables are written as `${aws:userid}`. */
export interface PolicyStatement {
  /** Unique in its policy; letters and digits only. */
  readonly sid: string;
  readonly effect: "Allow";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /**
   * Operator to condition key to values.
   *
   * @default - unconditional
   */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * A policy document for a Terraform argument. Policy variables are escaped, because Terraform would read
 * `${aws:userid}` as an expression of its own.
 */
export function renderPolicy(statements: readonly PolicyStatement[]): string {
  const document = {
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Action: actions,
      Resource: resources,
      Condition: conditions,
    })),
  };
  // A function, because `$$` in a replacement text stands for one `$`. Terraform's own references have no colon.
  return JSON.stringify(document).replace(/\$\{(?=[a-z0-9]+:)/gi, () => "$${");
}
