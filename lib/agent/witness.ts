import type { Memory } from "./memory";
import type { Decision, Observation, Outcome } from "./model";

/** Who is told what the agent sees, decides and does; it has no part in any of it. */
export interface Witness {
  observed?(observation: Observation, memory: Memory): void;
  decided(decision: Decision): void;
  done(outcome: Outcome): void;
}

/** Several witnesses as one. */
export function together(...witnesses: readonly Witness[]): Witness {
  return {
    observed: (observation, memory) => {
      for (const witness of witnesses) witness.observed?.(observation, memory);
    },
    decided: (decision) => {
      for (const witness of witnesses) witness.decided(decision);
    },
    done: (outcome) => {
      for (const witness of witnesses) witness.done(outcome);
    },
  };
}
