// A Stryker checker that lets the drawn mutants through and no other: a range of code holds those within it as well.
import { readFileSync } from "node:fs";
import { identityOf } from "./mutants.mjs";

const drawn = new Set(JSON.parse(readFileSync(process.env["MUTATION_DRAWN"], "utf8")));

const check = async (mutants) =>
  Object.fromEntries(
    mutants.map((mutant) => [
      mutant.id,
      drawn.has(identityOf(mutant)) ? { status: "passed" } : { status: "compileError", reason: "not drawn" },
    ]),
  );

export const strykerPlugins = [
  {
    kind: "Checker",
    name: "drawn-only",
    value: { init: async () => {}, check, group: async (mutants) => [mutants.map(({ id }) => id)] },
  },
];
