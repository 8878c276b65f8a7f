// How a reference to a resource looks in a string before synth.
const TOKEN = /\$\{TfToken\[[^\]]+\]\}/g;
// What Terraform would take for the beginning of an expression or a directive; the library's own tokens stay.
const INTERPOLATION = /\$\{(?!TfToken\[)/g;
const DIRECTIVE = /%\{/g;

/**
 * Makes text Terraform's literal: in JSON configuration every string is a template, and CDKTF escapes none.
 *
 * References to resources stay references.
 */
export function literal(text: string): string {
  return text.replace(INTERPOLATION, () => "$${").replace(DIRECTIVE, () => "%%{");
}

/** {@link literal} for every string in a value, keys included. */
export function literals(value: unknown): unknown {
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [literal(key), literals(item)]));
}

/** Text with every reference replaced by as many characters as its value may have: an upper bound on its length. */
export function withPlaceholders(text: string, length: number): string {
  return text.replace(TOKEN, () => "x".repeat(length));
}
