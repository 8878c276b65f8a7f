import type { Memory } from "../../memory";
import type { ReportContent } from "../../model";

/** Time after which a report is written though nothing changed: with the tick it makes less than a minute. */
const REPORT_INTERVAL = 54_000;

/** Whether a report is to be written now. */
export function isReportDue(content: ReportContent, { reported }: Memory, now: number): boolean {
  return reported?.text !== reportText(content) || now - reported.at >= REPORT_INTERVAL;
}

/** What of a report makes a new one necessary. */
export function reportText({ report, nodeId, isOut, drainRequested }: ReportContent): string {
  const { state, step, error } = report;
  return [state, step, error ?? "", nodeId ?? "", isOut ? "out" : "", drainRequested ? "drain" : ""].join("\n");
}
