import { randomInt } from "node:crypto";
import { OperationError } from "../../errors";
import { labCommand } from "../../operator-commands";
import profiles from "./aws/timings.json";

/**
 * How long the emulated AWS takes for what it does. `quick`: an instance runs 0.3 s after its launch and is gone after
 * 0.5 s. `region`: in the orders of magnitude of a region of AWS, drawn each time; `aws/timings.json` has the spans.
 */
export type TimingProfile = keyof typeof profiles;

/** What takes its time; `aws/timings.py` says what each is. */
export type Timing = keyof (typeof profiles)["region"];

/** What the emulated AWS takes its time from, as `.lab/state.json` has it. */
export interface LabTimings {
  readonly profile: TimingProfile;
  /** Two labs with the same one draw the same times, as long as they do the same things in the same order. */
  readonly seed: number;
}

/** The longest that something takes in a profile, in seconds. */
export function longestSeconds(profile: TimingProfile, timing: Timing): number {
  return profiles[profile][timing][1] ?? 0;
}

/** A seed for a lab that was given none. */
function anySeed(): number {
  return randomInt(2 ** 31);
}

/** What somebody asked for of the timings. */
export interface TimingsRequest {
  readonly timings?: TimingProfile;
  readonly seed?: number;
}

/** The timings of a lab that comes up. */
export function newTimings({ timings = "quick", seed = anySeed() }: TimingsRequest): LabTimings {
  return { profile: timings, seed };
}

/** The timings of a lab that is up: they stay as they are, and other ones are refused. */
export function keptTimings(kept: LabTimings, { timings, seed }: TimingsRequest): LabTimings {
  if ((timings ?? kept.profile) === kept.profile && (seed ?? kept.seed) === kept.seed) return kept;
  throw new OperationError(
    "LabTimingsSet",
    `the lab is up with ${kept.profile} timings, seed ${kept.seed}, and they last as long as it does; ` +
      `run ${labCommand.down} first`,
  );
}
