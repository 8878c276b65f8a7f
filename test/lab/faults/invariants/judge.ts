import type { Sample } from "../watch/sample";
import { historyFaults, tokenFaults } from "./history";
import { identityFaults, leavingFaults } from "./leaving";
import { frozenFaults, leaderFaults, marginFaults, removalFaults, slotFaults } from "./membership";

const MOST = 20;

/** What the samples show that the protocol rules out; the names are those of its invariants. */
export function judge(samples: readonly Sample[]): readonly string[] {
  const faults = [
    ...historyFaults(samples),
    ...leaderFaults(samples),
    ...leavingFaults(samples),
    ...slotFaults(samples),
    ...marginFaults(samples),
    ...removalFaults(samples),
    ...tokenFaults(samples),
    ...identityFaults(samples),
    ...frozenFaults(samples),
  ];
  return faults.slice(0, MOST);
}
