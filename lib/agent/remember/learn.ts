import { backOff } from "../back-off";
import { reportText } from "../decide/node/report-due";
import { type Attempts, attemptsAt, type HookMemory, type Memory } from "../memory";
import type { Outcome } from "../model";

/** Pause after a claim was given up, so that another manager takes its turn. */
const RELEASE_PAUSE = 60_000;
/** Pause after a claim was refused. */
const REFUSAL_PAUSE = 5_000;
/** Time between two tries to complete a hook. */
const HOOK_RETRY = 20_000;

/** Takes in what became of an action; pure. `random` spreads the next attempt. */
export function learn(memory: Memory, outcome: Outcome, now: number, random: number): Memory {
  if (outcome.result === "expired") return { ...memory, staleAt: now };
  const attempts = { ...memory.attempts, [outcome.action.kind]: nextAttempt(memory, outcome, now, random) };
  return { ...memory, attempts, ...lessonOf(memory, outcome, now, random) };
}

function lessonOf(memory: Memory, outcome: Outcome, now: number, random: number): Partial<Memory> {
  const { action, result, detail } = outcome;
  const done = result === "done";
  switch (action.kind) {
    case "take-slot":
      return { slotHeld: done, slotKnownAt: now };
    case "claim":
    case "steal":
    case "abandon": {
      if (done) return { renewedAt: now, claimPause: undefined };
      const reason = detail ?? "another manager was faster";
      return { claimPause: { until: now + REFUSAL_PAUSE, reason } };
    }
    case "renew":
      return done ? { renewedAt: now } : {};
    case "release":
      return { claimPause: { until: now + RELEASE_PAUSE, reason: action.reason } };
    case "replace":
      return done ? { replacedAt: { ...memory.replacedAt, [action.instanceId]: now } } : {};
    case "leave":
      return { stuckSince: undefined };
    case "complete-hook":
    case "extend-hook":
      return { [action.transition]: hookAfter(memory[action.transition], outcome, now, random) };
    case "label":
      return { labelledAt: [...memory.labelledAt.filter((at) => now - at < 1_000), now] };
    case "keep-unlock-key":
      return done ? { unlockKeyVersion: action.version } : {};
    case "publish-view":
      return { viewWrittenAt: now };
    case "prove-writes":
      return done ? { provenAt: now, unprovenSince: undefined } : { unprovenSince: memory.unprovenSince ?? now };
    case "restart-engine":
      return { engineRestartedAt: now };
    case "report":
      if (done) return { reported: { text: reportText(action), at: now } };
      return result === "refused" ? { slotHeld: false, slotKnownAt: now, staleAt: now } : {};
    // Nothing beside when the next attempt may be.
    case "init":
    case "adopt":
    case "publish":
    case "open-disk":
    case "force-new-cluster":
    case "publish-recovery":
    case "declare-ready":
    case "join":
    case "mark-member":
    case "promote":
    case "drain":
    case "bury":
    case "demote":
    case "remove":
    case "disown":
    case "retire-slot":
    case "unlock":
    case "publish-token":
      return {};
  }
}

/** A failure makes the next attempt wait; "no active action" is none, and has its own patience. */
function nextAttempt(memory: Memory, { action, result, detail }: Outcome, now: number, random: number): Attempts {
  if (result === "done" || action.kind === "complete-hook") return { failures: 0, notBefore: now };
  const { failures } = attemptsAt(memory, action.kind);
  return { failures: failures + 1, notBefore: now + backOff(failures, random), error: detail };
}

/** "No active action" is believed at the third time: right after the launch the hook may not have begun. */
function hookAfter(before: HookMemory, { action, result, detail }: Outcome, now: number, random: number): HookMemory {
  const extending = action.kind === "extend-hook";
  if (result === "failed") {
    return {
      ...before,
      error: detail,
      missed: 0,
      notBefore: now + backOff(3, random),
      extendedAt: extending ? now : before.extendedAt,
    };
  }
  if (extending) return { ...before, error: undefined, extendedAt: now };
  if (result === "done") return { ...before, done: true, error: undefined };
  const missed = before.missed + 1;
  return { ...before, missed, done: missed >= 3, error: undefined, notBefore: now + HOOK_RETRY };
}
