import { longestSeconds, type Timing, type TimingProfile } from "../../../lib/lab/emulator/timings";

/** Timings that the labs of this run have: those of `npm run test:faults -- --timings region`. */
export const TIMINGS = (process.env["FAULTS_TIMINGS"] || "quick") as TimingProfile;

/**
 * What the emulated AWS can add to each bound of a case, by the case's number: a bound is for a lab whose AWS is quick,
 * and a region's may draw the longest of every time that lies between the damage and what is waited for.
 */
const WAITS: Readonly<Record<number, readonly Timing[]>> = {
  1: ["capacity", "pending", "staleAnswer", "newRole"],
  2: ["staleAnswer", "pending", "newRole"],
  3: ["staleAnswer", "pending"],
  4: ["shuttingDown", "staleAnswer", "capacity", "pending", "newRole"],
  9: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  10: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  11: ["pending"],
  12: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  16: ["capacity", "pending"],
  17: ["capacity", "staleAnswer"],
  18: ["capacity", "pending"],
  20: ["staleAnswer"],
  21: ["pending", "staleAnswer", "newRole"],
  22: ["shuttingDown", "staleAnswer", "healthCheck", "pending"],
  26: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  30: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  31: ["shuttingDown", "staleAnswer", "capacity", "pending"],
  34: ["capacity", "pending"],
  36: ["capacity", "pending"],
};

/** Seconds that come on top of each bound of a case. */
export function allowance(number: number, timings: TimingProfile = TIMINGS): number {
  if (timings === "quick") return 0;
  return (WAITS[number] ?? []).reduce((sum, timing) => sum + longestSeconds(timings, timing), 0);
}
