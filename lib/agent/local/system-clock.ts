import { setTimeout } from "node:timers/promises";
import type { Clock } from "../ports";

/** {@link Clock} of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};
