import type { FaultCase, Timing } from "./case";
import { saveEvidence } from "./evidence";
import { judge } from "./invariants/judge";
import type { Scene } from "./scene";

/** How a case went. */
export interface CaseResult {
  readonly number: number;
  readonly title: string;
  readonly lap: number;
  readonly passed: boolean;
  readonly seconds: number;
  readonly times: readonly Timing[];
  /** What went wrong: the case itself first, then broken invariants. */
  readonly faults: readonly string[];
  /** Looks at the whole lab that the invariants were judged on. */
  readonly samples: number;
}

/** Fewer looks than this and the invariants were not watched at all. */
const LEAST_SAMPLES = 5;

/** Runs a case on its scene, watched from its first moment to its last, and judges what was seen. */
export async function runCase(fault: FaultCase, scene: Scene, lap = 1): Promise<CaseResult> {
  const begun = Date.now();
  const faults: string[] = [];
  const note = (error: unknown): void => void faults.push(messageOf(error));
  scene.watch.start();
  try {
    if (fault.own === undefined) await scene.given();
    await fault.run(scene);
    if (fault.own === undefined) await scene.settled();
  } catch (error) {
    note(error);
  }
  const { samples } = scene.watch;
  if (samples.length < LEAST_SAMPLES) note(`the lab was looked at only ${samples.length} times`);
  const byHand = fault.byHand ?? [];
  faults.push(...judge(samples).filter((found) => !byHand.some((name) => found.includes(`${name}: `))));
  await saveEvidence(fault, scene, lap, faults).catch(note);
  await scene.close();
  return { ...outcome(fault, lap, begun, faults), times: scene.times, samples: samples.length };
}

/** The result of a case that could not begin. */
export function failedBefore(fault: FaultCase, lap: number, begun: number, why: string): CaseResult {
  return { ...outcome(fault, lap, begun, [why]), times: [], samples: 0 };
}

function outcome({ number, title }: FaultCase, lap: number, begun: number, faults: readonly string[]) {
  const seconds = (Date.now() - begun) / 1000;
  return { number, title, lap, passed: faults.length === 0, seconds, faults };
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
