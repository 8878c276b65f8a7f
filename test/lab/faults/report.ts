import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { REPORT } from "../support/evidence";
import type { CaseResult } from "./run-case";

/** Where results are collected while cases run; `run.mjs` makes the report of it. */
export const RESULTS = join(REPORT, "results.jsonl");

export function addResult(result: CaseResult): void {
  mkdirSync(REPORT, { recursive: true });
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);
}
