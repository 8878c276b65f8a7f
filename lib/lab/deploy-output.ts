/** What `cdktf deploy` says of one environment, without the plan in full: that is in the log. */
export class DeployOutput {
  private inPlan = false;

  public constructor(private readonly environment: string) {}

  /** The line as an operator wants it, or `undefined` when it says nothing of the progress. */
  public accept(raw: string): string | undefined {
    const prefix = raw.startsWith(this.environment) ? this.environment.length : 0;
    const line = raw.slice(prefix).trim();
    if (/^Terraform will perform the following actions/.test(line)) this.inPlan = true;
    if (/^(Plan:|Changes to Outputs:)/.test(line)) this.inPlan = false;
    if (this.inPlan) return undefined;
    const gate = /\(local-exec\):\s+(.*)$/.exec(line)?.[1];
    if (gate !== undefined) return gate.startsWith("Executing:") ? undefined : gate;
    return TELLING.test(line) ? line : undefined;
  }
}

const TELLING = new RegExp(
  [
    "^\\S+ \\(\\S+\\): (Creation|Modifications|Destruction) complete",
    "^\\S+ \\(\\S+\\): Still ",
    "^Plan: ",
    "^No changes\\.",
    "^Apply complete!",
    "^[╷│╵]",
    "\\bError\\b",
  ].join("|"),
);
