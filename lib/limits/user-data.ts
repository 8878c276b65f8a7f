// Terraform's jsonencode writes these as escape sequences.
const LONGER_IN_TERRAFORM = /[<>&\u2028\u2029]/g;

/** A value as it stands in a node's user data: JSON in a YAML string, so encoded twice. */
export function encodedTwice(value: unknown): string {
  return JSON.stringify(JSON.stringify(value)).replace(LONGER_IN_TERRAFORM, "\\\\u003c");
}
