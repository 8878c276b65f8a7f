import { appendFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CaseResult } from "./run-case";

/** Where reports and evidence go; git ignores it. */
export const REPORT = resolve(__dirname, "../../../.lab-report");

/** Where results are collected while cases run; `run.mjs` makes the report of it. */
export const RESULTS = join(REPORT, "results.jsonl");

export function addResult(result: CaseResult): void {
  mkdirSync(REPORT, { recursive: true });
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);
}
