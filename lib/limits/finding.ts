/** Keys and indexes from the root of a configuration to one of its values. */
export type Path = readonly PropertyKey[];

/** Something wrong at a place of a configuration: at a value, or at the key itself. */
export interface Finding {
  readonly path: Path;
  /** @default "value" */
  readonly at?: "key" | "value";
  /** What is wrong, the value got, what to write; completes the value's name. */
  readonly message: string;
}

/** The same findings, of a part of something larger. */
export function below(path: Path, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
}

/** `workers[0].labels["a b"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === "number") return `${text}[${segment}]`;
    const key = String(segment);
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
