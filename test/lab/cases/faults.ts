import { expect, test } from "vitest";
import { DEV } from "../faults/case";
import { CASES } from "../faults/cases";
import { runCase } from "../faults/run-case";
import { Scene } from "../faults/scene";
import { Stage } from "../faults/stage";
import type { Project } from "../support/project";

/** Longer than a case with twice its bounds and what it takes to settle. */
const CASE_MILLISECONDS = 15 * 60_000;

/** Lines of the fault matrix that are quick and matter most; `npm run test:faults` has all of them. */
const ON_THE_RUNNING_LAB = [6, 8, 9];

/** What the running swarm makes of lost nodes. */
export function faults(project: Project): void {
  test.each(CASES.filter(({ number }) => ON_THE_RUNNING_LAB.includes(number)))(
    "fails when the fault matrix is broken in case $number: $title",
    async (fault) => {
      const { faults } = await runCase(fault, new Scene(project, DEV));

      expect(faults).toEqual([]);
    },
    CASE_MILLISECONDS,
  );
}

/** Lines of the fault matrix that need a lab of their own. */
export function formations(): void {
  test.each(CASES.filter(({ number, own }) => number === 1 && own !== DEV))(
    "fails when the fault matrix is broken in case $number: $title",
    async (fault) => {
      const { faults } = await new Stage().run(fault);

      expect(faults).toEqual([]);
    },
    CASE_MILLISECONDS,
  );
}
