import { ACTIONS } from "./actions";
import type { Decision, Outcome } from "./model";
import type { Witness } from "./witness";

/** Docker's join and unlock tokens, wherever they turn up. */
const SECRETS = /SWM(TKN|KEY)-[A-Za-z0-9-]+/g;

/** A text without any of Docker's tokens: the last line of defence, since none is meant to come here. */
export function redact(text: string): string {
  return text.replace(SECRETS, "SWM$1-(redacted)");
}

/** Writes one line of JSON per event. */
export class Log {
  public constructor(
    private readonly write: (line: string) => void,
    private readonly wallTime: () => number,
  ) {}

  public info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.line("info", event, fields);
  }

  public warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.line("warn", event, fields);
  }

  private line(level: string, event: string, fields: Readonly<Record<string, unknown>>): void {
    const time = new Date(this.wallTime()).toISOString();
    this.write(`${redact(JSON.stringify({ time, level, event, ...fields }))}\n`);
  }
}

/** What the agent decides and does, each thing once: a decision is told when it differs from the one before. */
export class DecisionLog implements Witness {
  private decision = "";
  private readonly outcomes = new Map<string, string>();

  public constructor(private readonly log: Log) {}

  public decided({ report }: Decision): void {
    const text = JSON.stringify(report);
    if (text === this.decision) return;
    this.decision = text;
    this.log.info("decision", { ...report });
  }

  public done({ action, result, detail }: Outcome): void {
    const text = `${result} ${detail ?? ""}`;
    const isNews = this.outcomes.get(action.kind) !== text;
    this.outcomes.set(action.kind, text);
    const isRoutine = ACTIONS[action.kind].isRoutine || result === "expired";
    if (result === "failed" || result === "refused") {
      if (isNews) this.log.warn("action", { action: action.kind, result, detail, reason: action.reason });
    } else if (!isRoutine) {
      this.log.info("action", { action: action.kind, result, reason: action.reason });
    }
  }
}
