import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { arbitraryEnvironment } from "../support/arbitrary-environment";
import { fuzz } from "../support/fuzz";
import { mutated, mutation } from "../support/mutations";
import { judgeConstructs, judgeFile, nameOf } from "./verdicts";

it(
  `properties that a file may say are never refused by constructs, and no properties crash them (FUZZ_SEED=${fuzz.seed})`,
  () => {
    fc.assert(
      fc.property(arbitraryEnvironment, fc.array(mutation, { minLength: 1, maxLength: 3 }), (config, mutations) => {
        // GIVEN
        const data = mutated(config, mutations);
        // WHEN
        const constructs = judgeConstructs(data);
        const file = judgeFile(stringify(data), nameOf(data)).verdict;
        // THEN
        for (const fault of constructs) expect(fault).not.toMatch(/undefined|\[object/);
        if (file.length === 0) expect(constructs).toEqual([]);
      }),
      { seed: fuzz.seed, numRuns: fuzz.props, endOnFailure: true },
    );
  },
  fuzz.timeout,
);
