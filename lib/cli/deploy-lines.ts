/** What a line of `cdktf deploy` means to somebody who waits. */
export type DeployLine =
  | { readonly kind: "say"; readonly text: string }
  /** A number of resources is going to change. */
  | { readonly kind: "plan"; readonly total: number; readonly text: string }
  /** One resource was created, changed or removed. */
  | { readonly kind: "done"; readonly resource: string }
  | { readonly kind: "noise" };

const PLAN = /Plan: (\d+) to add, (\d+) to change, (\d+) to destroy\./;
const DONE = /([\w.[\]"-]+)(?: \([^)]*\))?: (?:Creation|Modifications|Destruction) complete after/;
const PROVISIONER = /\(local-exec\): ?(.*)$/;
const OUTCOME = /(?:Apply complete!|Destroy complete!|No changes\.).*$/;
const TROUBLE = /^(?:│ *\S|Error[: ]|Warning: )/;
/** What cdktf says on its own behalf, and npm around it. */
const CHATTER = /^(?:\d+ Stacks? |No outputs found|npm warn|[╷╵│]$)/;

/** Reads one line of `cdktf deploy`, which puts the stack's name or blanks in front of what Terraform says. */
export function readDeployLine(line: string, stack: string): DeployLine {
  const prefixed = /^\s/.test(line) || line.startsWith(`${stack} `);
  const text = (line.startsWith(`${stack} `) ? line.slice(stack.length) : line).trim();
  const plan = PLAN.exec(text);
  if (plan !== null) return { kind: "plan", total: Number(plan[1]) + Number(plan[2]) + Number(plan[3]), text: plan[0] };
  const done = DONE.exec(text);
  if (done !== null) return { kind: "done", resource: done[1] ?? "" };
  const said = PROVISIONER.exec(text);
  if (said !== null) {
    // The readiness gate counts its own seconds; two clocks in a line would confuse.
    const words = (said[1] ?? "").replace(/^\s*\d+ s\s+/, "");
    return words === "" || words.startsWith("Executing:") ? { kind: "noise" } : { kind: "say", text: words };
  }
  const outcome = OUTCOME.exec(text);
  if (outcome !== null) return { kind: "say", text: outcome[0] };
  if (TROUBLE.test(text)) return { kind: "say", text };
  // Words without a prefix are the lab's own; the rest of what Terraform says is in the log.
  return prefixed || text === "" || CHATTER.test(text) ? { kind: "noise" } : { kind: "say", text };
}
