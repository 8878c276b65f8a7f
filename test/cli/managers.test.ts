import { describe, expect, test } from "vitest";
import type { RegistryReader } from "../../lib/operations";
import type { Change } from "../../lib/registry/change";
import type { SlotRecord } from "../../lib/registry/records";
import { cluster, manager, slotRecord } from "../operations/fixtures";
import { project, READY_CLUSTER, registry, runCli } from "./support";

const now = (): string => new Date().toISOString();
const slots = (change: Partial<SlotRecord> = {}): readonly SlotRecord[] =>
  [0, 1, 2].map((slot) => slotRecord(slot, { state: "ready", updatedAt: now(), ...(slot === 2 ? change : {}) }));

/** A registry whose slots are these, and which takes every write. */
function world(records: readonly SlotRecord[], reader: Partial<RegistryReader> = {}) {
  const changes: Change[] = [];
  return {
    changes,
    cwd: project(),
    registry: {
      ...registry(),
      getSlot: async (slot: number) => records[slot],
      scanNodes: async () => ({ nodes: [], slots: records, tombstones: [] }),
      ...reader,
    },
    writer: {
      change: async (change: Change) => {
        changes.push(change);
        return { made: true } as const;
      },
    },
  };
}

describe("managers retire", () => {
  test("asks, shows how far it is, and tells what comes next", async () => {
    // GIVEN a swarm that has let manager-2 go by the time it is looked at
    const given = world(slots());
    const gone = { getSlot: async () => slots({ retire: "remove" })[2], getCluster: async () => READY_CLUSTER };
    let looks = 0;
    const getCluster = async () =>
      looks++ === 0 ? READY_CLUSTER : cluster([manager(0), manager(1)], { clusterId: READY_CLUSTER.clusterId });
    // WHEN
    const outcome = await runCli(["managers", "retire", "dev", "2"], {
      ...given,
      registry: { ...given.registry, ...gone, getCluster },
    });
    // THEN
    expect(outcome).toMatchObject({ code: 0, opened: [{ table: "dev-registry", region: "us-east-1" }] });
    expect(given.changes[0]?.updates[0]).toMatchObject({ key: "slot#2", set: { retire: "remove" } });
    expect(outcome.stderr).toContain("   0 s  slot 2: i-m2 is out of the swarm\n");
    expect(outcome.stdout).toBe(
      "manager-2 (i-m2) is out of the swarm after 0 s: 2 managers in the swarm\n" +
        "next: 2 managers bear no more losses than 1: `npx cdktf-swarm managers retire dev 1`\n",
    );
  });

  test("ends with 1 and every reason when it is refused, and writes nothing", async () => {
    const given = world(slots());
    const { code, stdout, stderr } = await runCli(["managers", "retire", "dev", "0"], given);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: manager-0 cannot be retired: slot 0 is not the highest in the swarm, which is 2/);
    expect(given.changes).toEqual([]);
  });

  test("takes a request back with --cancel", async () => {
    const given = world(slots({ retire: "remove" }));
    const outcome = await runCli(["managers", "retire", "dev", "2", "--cancel", "--no-wait"], given);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^manager-2 \(i-m2\) is to be kept\nnext: `npx cdktf-swarm status dev`/);
    expect(given.changes[0]?.updates[0].remove).toEqual(["retire", "retireReason"]);
  });

  test.each([
    [["managers", "retire", "dev"], "missing required argument 'SLOT'"],
    [["managers", "retire", "dev", "one"], "SLOT one: write a whole number"],
    [["managers", "retire", "dev", "1", "--timeout", "soon"], "--timeout soon: write a whole number"],
    [["managers", "replace", "nope", "1"], 'no environment "nope"'],
  ])("ends with 2 and says why for: %j", async (args, words) => {
    const { code, stderr } = await runCli(args, { cwd: project() });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe("managers replace", () => {
  test("prints JSON that a program can read, of what it asked for", async () => {
    const given = world(slots());
    const { code, stdout } = await runCli(["managers", "replace", "dev", "1", "--no-wait", "--json"], given);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ slot: 1, wish: "replace", instanceId: "i-m1", done: false });
    expect(given.changes[0]?.updates[0]).toMatchObject({ key: "slot#1", set: { retire: "replace" } });
  });

  test("names the instance that took the slot over", async () => {
    // GIVEN
    const given = world(slots());
    const successor = slotRecord(1, { instanceId: "i-new", state: "ready" });
    const members = [manager(0), manager(1, { instanceId: "i-new" }), manager(2)];
    let looks = 0;
    const getCluster = async () => (looks++ === 0 ? READY_CLUSTER : cluster(members));
    // WHEN
    const { stdout } = await runCli(["managers", "replace", "dev", "1"], {
      ...given,
      registry: { ...given.registry, getCluster, getSlot: async () => successor },
    });
    // THEN
    expect(stdout).toBe("manager-1 (i-m1) is replaced by i-new after 0 s: 3 managers in the swarm\n");
  });

  test("ends with 130 when interrupted, having written nothing", async () => {
    const given = world(slots());
    const outcome = await runCli(["managers", "replace", "dev", "1"], { ...given, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ code: 130, stderr: "error: interrupted before anything was written\n" });
    expect(given.changes).toEqual([]);
  });
});
