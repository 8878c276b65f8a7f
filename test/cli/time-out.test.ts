import { describe, expect, test } from "vitest";
import type { SlotRecord } from "../../lib/registry/records";
import { cluster, manager, slotRecord } from "../operations/fixtures";
import { project, registry, runCli, type World } from "./support";

/** What never answers, and ends when it is told to. */
function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

const silent = {
  getCluster: silence,
  getSlot: (_: number, signal?: AbortSignal) => silence(signal),
  scanNodes: silence,
};
const slots = (): readonly SlotRecord[] =>
  [0, 1, 2].map((slot) =>
    slotRecord(slot, { nodeId: `node-m${slot}`, state: "ready", updatedAt: new Date().toISOString() }),
  );
const answering = {
  ...registry(),
  getSlot: async (slot: number) => slots()[slot],
  scanNodes: async () => ({ nodes: [], slots: slots(), tombstones: [] }),
};
const writer = { change: async () => ({ made: true }) as const };

const WAIT = ["wait", "dev"];
const RETIRE = ["managers", "retire", "dev", "2"];
const REPLACE = ["managers", "replace", "dev", "1"];
const RECOVER = ["recover", "dev"];
const FROM_ONE = ["recover", "dev", "--slot", "1", "--yes"];

describe.concurrent("--timeout ends a command", () => {
  test.each<[string, readonly string[], World, string]>([
    ["the registry", WAIT, { registry: silent }, "the registry does not answer"],
    ["the registry", RETIRE, { registry: silent, writer }, "the registry does not answer"],
    ["the registry", REPLACE, { registry: silent, writer }, "the registry does not answer"],
    ["the registry", RECOVER, { registry: silent }, "the registry does not answer"],
    ["the registry", FROM_ONE, { registry: silent, writer }, "the registry does not answer"],
    [
      "EC2",
      RECOVER,
      { registry: answering, instances: { states: (_, signal) => silence(signal) } },
      "without EC2's word on the managers' instances nothing is proven",
    ],
    [
      "the registry, when written to,",
      RETIRE,
      { registry: answering, writer: { change: () => new Promise<never>(() => {}) } },
      "whether it was written is not known",
    ],
  ])("when %s never answers: %j", async (_, args, world, words) => {
    const { code, stderr } = await runCli([...args, "--timeout", "0"], { cwd: project(), ...world });
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });

  test("and an answer that is on its way when time runs out is waited for", async () => {
    // GIVEN a registry that takes a moment, and a swarm that is not Ready
    const forming = cluster([manager(0)], { phase: "forming" });
    const slow = async <T>(answer: T, signal: AbortSignal | undefined): Promise<T> => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      signal?.throwIfAborted();
      return answer;
    };
    const getCluster = (signal?: AbortSignal) => slow(forming, signal);
    const world = { cwd: project(), registry: { ...answering, getCluster } };
    // WHEN
    const { code, stderr } = await runCli(["wait", "dev", "--timeout", "1"], world);
    // THEN the last look says how it stands, too
    expect(code).toBe(1);
    expect(stderr).not.toContain("does not answer");
    expect(stderr).toContain("error: swarm dev is not Ready after 1 s:\n- swarm: forming");
  });
});
