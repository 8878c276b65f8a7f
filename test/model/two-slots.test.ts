import { expect, it } from "vitest";
import { everyCrash, strike } from "./two-slots";

/** Where one of two members is lost for ever, no rule brings a majority back: in `ready` that is an operator's to decide. */
const LOST_FOR_EVER = ["quorum was lost when ready"];

it("two slots end whole after any one crash, at any effect of either, but for a member lost for ever", {
  timeout: 300_000,
}, async () => {
  // GIVEN
  const crashes = await everyCrash([1]);
  const ends = [];
  // WHEN
  for (const crash of crashes) ends.push({ ...crash, ...(await strike(crash)) });
  // THEN
  expect(crashes.length).toBeGreaterThan(300);
  const mayEnd = (fault: string) => (fault === "instance is replaced" ? ["whole", ...LOST_FOR_EVER] : ["whole"]);
  expect(ends.filter(({ fault, end }) => !mayEnd(fault).includes(end))).toEqual([]);
});
