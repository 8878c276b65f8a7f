import { UsageError } from "./failure";

/** Reads the value of an option that takes a whole number; a million seconds are 11 days, and timers count no month. */
export function wholeNumber(option: string, least: number, most = 1_000_000): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new UsageError(`${option} ${text}: write a whole number from ${least} to ${most}`);
  };
}
