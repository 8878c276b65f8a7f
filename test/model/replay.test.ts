import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Plan } from "./plan";
import { keepFailure, replayFile, replayMutant } from "./replay";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-replay-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plan: Plan = {
  seed: 3,
  slots: 3,
  workers: 1,
  formed: true,
  commands: [
    { name: "crash agent", target: 1, amount: 0.5 },
    { name: "minute", target: 0, amount: 0.5 },
  ],
};

it("replays a failure that a random run kept, each command among what the agents decided", async () => {
  // GIVEN
  const file = keepFailure({ seed: 7, plan, violations: ["V1 two clusters"] }, folder);
  // WHEN
  const { trace, violations, end } = await replayFile(file);
  // THEN
  const crash = trace.findIndex((line) => line.endsWith("plan: crash agent, target 1, amount 0.5"));
  expect(crash).toBeGreaterThan(0);
  expect(trace.slice(0, crash).join("\n")).toMatch(/^\d+ manager-0 .*"event":"decision"/m);
  expect(trace.slice(crash).join("\n")).toMatch(/^\d+ plan: minute/m);
  expect({ violations, end }).toEqual({ violations: [], end: "whole" });
});

it("replays a mutant to the violation that catches it", async () => {
  // WHEN
  const { violations, end } = await replayMutant("rm right after demote");
  // THEN
  expect(violations[0]).toMatch(/^V4 .* is removed while it is a member of Raft/);
  expect(end).toBe("violated");
});

it("says what a plan lacks, which command it does not know, and which mutants there are", async () => {
  const file = (content: unknown) => {
    const path = join(folder, "plan.json");
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  await expect(replayFile(file({ seed: 1 }))).rejects.toThrow(/a plan has seed, slots, workers, formed and commands/);
  const wrong = { ...plan, commands: [{ name: "explode", target: 0, amount: 0 }] };
  await expect(replayFile(file(wrong))).rejects.toThrow(/no such command: explode; there are tick, moment/);
  await expect(replayMutant("none")).rejects.toThrow(/there is no mutant "none"; there are:\n[\s\S]*rm right after/);
});
