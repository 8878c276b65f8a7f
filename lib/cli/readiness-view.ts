import type { ReadinessReport } from "../operations";
import { elapsedLabel, type Output } from "./output";

/** Silence after which a log that is not a terminal gets a word that the wait goes on. */
const SILENCE_SECONDS = 30;

/**
 * Shows a wait for readiness: on a terminal one line per slot and pool, redrawn; in a log a line whenever one changes,
 * and now and then what is still waited for.
 */
export class ReadinessView {
  private readonly shown = new Map<string, string>();
  private lastLineAt = 0;

  public constructor(private readonly output: Output) {}

  public update(report: ReadinessReport, elapsedSeconds: number): void {
    if (this.output.interactive) {
      const lines = report.lines.map(({ subject, text, ready }) => ({
        text: `${elapsedLabel(elapsedSeconds)}  ${subject}: ${text}`,
        tone: ready ? ("good" as const) : ("waiting" as const),
      }));
      this.output.draw(lines);
      return;
    }
    const changed = report.lines.filter(({ subject, text }) => this.shown.get(subject) !== text);
    for (const { subject, text } of changed) {
      this.shown.set(subject, text);
      this.output.note(`${elapsedLabel(elapsedSeconds)}  ${subject}: ${text}`);
    }
    if (changed.length > 0) this.lastLineAt = elapsedSeconds;
    else if (!report.ready && elapsedSeconds - this.lastLineAt >= SILENCE_SECONDS) {
      this.lastLineAt = elapsedSeconds;
      const waiting = report.lines.filter((line) => !line.ready).map((line) => line.subject);
      this.output.note(`${elapsedLabel(elapsedSeconds)}  still waiting for ${waiting.join(", ")}`);
    }
  }
}
