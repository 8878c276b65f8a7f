import { UsageError } from "./failure";

/** Reads the value of an option that takes a whole number. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new UsageError(`${option} ${text}: write a whole number of at least ${least}`);
  };
}
