import type { LabProgress } from "../lab";
import { readDeployLine } from "./deploy-lines";
import { elapsedLabel, type Output } from "./output";

/** Shortest time between two counts of resources in a log, in seconds. */
const COUNT_SECONDS = 5;

/** Shows how the lab gets on: a line per step with the seconds since the start, Terraform's many lines as a count. */
export class LabProgressView {
  private readonly startedAt = performance.now();
  private total = 0;
  private done = 0;
  private repeating = false;
  private countedAt = Number.NEGATIVE_INFINITY;

  public constructor(
    private readonly output: Output,
    private readonly stack: string,
  ) {}

  public update({ phase, message }: LabProgress): void {
    if (phase !== "deploy") {
      this.say(`${phase}: ${message}`);
      return;
    }
    for (const text of message.split("\n")) this.deployLine(text);
  }

  /** Seconds since the view was made. */
  public elapsedSeconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }

  private deployLine(text: string): void {
    // When the readiness gate fails, Terraform repeats all that the gate has just said.
    if (/│ Error running command/.test(text)) this.repeating = true;
    else if (text.trim().endsWith("╵")) this.repeating = false;
    if (this.repeating) return;
    const line = readDeployLine(text, this.stack);
    switch (line.kind) {
      case "say":
        this.say(`deploy: ${line.text}`);
        break;
      case "plan":
        this.total = line.total;
        this.done = 0;
        this.say(`deploy: ${line.text}`);
        break;
      case "done":
        this.done += 1;
        this.count(line.resource);
        break;
      case "noise":
        break;
    }
  }

  private count(resource: string): void {
    const text = `deploy: ${this.done}${this.total > 0 ? ` of ${this.total}` : ""} resources done, last ${resource}`;
    if (this.output.interactive) {
      this.output.draw([{ text: `${elapsedLabel(this.elapsedSeconds())}  ${text}`, tone: "waiting" }]);
      return;
    }
    if (this.elapsedSeconds() - this.countedAt < COUNT_SECONDS && this.done !== this.total) return;
    this.countedAt = this.elapsedSeconds();
    this.say(text);
  }

  private say(text: string): void {
    this.output.note(`${elapsedLabel(this.elapsedSeconds())}  ${text}`);
  }
}
