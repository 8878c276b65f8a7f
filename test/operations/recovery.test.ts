import { describe, expect, test } from "vitest";
import type { InstanceState } from "../../lib/operations/instances";
import { decideRecovery } from "../../lib/operations/recovery";
import { bestSurvivor, knownManagers, type RecoverySources } from "../../lib/operations/recovery-proof";
import type { MemberSummary, NodeRecord, SlotRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, managerRecord, slotRecord, WRITTEN_AT, worker } from "./fixtures";

const NOW = Date.parse(WRITTEN_AT) + 30_000;
const noQuorum = { state: "joined", step: "manager without an answer from the swarm", error: "no leader" } as const;
const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

interface World {
  readonly members?: readonly MemberSummary[];
  readonly nodes?: readonly NodeRecord[];
  readonly slots?: Readonly<Record<number, Partial<SlotRecord>>>;
  readonly instances?: Readonly<Record<string, InstanceState | undefined>>;
  readonly removed?: readonly string[];
  readonly record?: Parameters<typeof cluster>[1];
}

/** Three managers, of which 1 is left, and the others are stopped; then what is different. */
function sources({ members = [0, 1, 2].map((slot) => manager(slot)), ...world }: World = {}): RecoverySources {
  const states = { "i-m0": "stopped", "i-m1": "running", "i-m2": "terminated", ...world.instances } as const;
  const slot = (each: number) =>
    slotRecord(each, {
      nodeId: `node-m${each}`,
      ...(each === 1 ? noQuorum : { state: "ready" }),
      ...world.slots?.[each],
    });
  return {
    target: APPS,
    cluster: cluster([...members, worker("general", 1)], { clusterId: "c", generation: 3, ...world.record }),
    records: {
      nodes: world.nodes ?? [],
      slots: members.flatMap((member) => (member.slot === undefined ? [] : [slot(member.slot)])),
      tombstones: (world.removed ?? []).map((nodeId) => ({ nodeId, state: "removed" as const })),
    },
    instances: new Map(Object.entries(states).flatMap(([id, state]) => (state === undefined ? [] : [[id, state]]))),
    now: NOW,
  };
}

function reasonsFor(world: World, slot = 1): readonly string[] {
  const decision = decideRecovery(sources(world), slot);
  return decision.kind === "refused" ? decision.reasons : [decision.kind];
}

describe("a recovery", () => {
  test("fails when it is written without all that was proven", () => {
    expect(decideRecovery(sources(), 1)).toMatchObject({
      kind: "write",
      generation: 4,
      survivor: { name: "manager-1", instanceId: "i-m1" },
      change: {
        updates: [
          {
            key: "cluster",
            set: {
              phase: "recovering",
              generation: 4,
              recovery: { slot: 1, instanceId: "i-m1", requestedAt: new Date(NOW).toISOString() },
            },
            when: [
              { field: "nonce", is: "equal", value: "n" },
              { field: "phase", is: "equal", value: "ready" },
              { field: "clusterId", is: "equal", value: "c" },
              { field: "generation", is: "equal", value: 3 },
              { field: "writeId", is: "equal", value: "w" },
            ],
          },
        ],
        checks: [{ key: "slot#1", when: [{ field: "instanceId", is: "equal", value: "i-m1" }] }],
      },
    });
  });

  test.each([
    ["running", "manager-0's instance i-m0 is running: stop it"],
    ["pending", "manager-0's instance i-m0 is pending: stop it"],
    ["stopping", "manager-0's instance i-m0 is stopping: wait until it is stopped"],
    ["shutting-down", "manager-0's instance i-m0 is shutting-down: wait until it is terminated"],
    [undefined, "EC2 says nothing of manager-0's instance i-m0"],
    [
      "missing",
      "manager-0's instance i-m0 is not known to EC2, and it was heard of 30 s ago: that proves nothing before an hour has passed",
    ],
  ] as const)("is refused while another manager is %s", (state, words) => {
    expect(reasonsFor({ instances: { "i-m0": state } })).toEqual([words]);
  });

  test("takes an instance EC2 has forgotten for terminated, an hour after it was last heard of", () => {
    const at = (minutes: number) => ({
      instances: { "i-m0": "missing" as const },
      slots: { 0: { updatedAt: minutesAgo(minutes) } },
    });
    expect(reasonsFor(at(61))).toEqual(["write"]);
    expect(reasonsFor(at(59))[0]).toContain("is not known to EC2, and it was heard of 59 min ago");
  });

  test("is refused for an instance that only a node's own record tells of", () => {
    const late = managerRecord(2, { instanceId: "i-late", nodeId: "node-late" });
    expect(reasonsFor({ nodes: [late], instances: { "i-late": "running" } })).toEqual([
      "manager-2's instance i-late is running: stop it",
    ]);
    expect(reasonsFor({ nodes: [late], instances: { "i-late": "running" }, removed: ["node-late"] })).toEqual([
      "write",
    ]);
  });

  test("is refused for a manager whose instance no record tells", () => {
    const stranger = manager(0, { instanceId: undefined, nodeId: "node-x", slot: undefined });
    expect(reasonsFor({ members: [stranger, manager(1), manager(2)] })).toEqual([
      "on which instance 10.20.0.10 (10.20.0.10) is, no record tells",
    ]);
  });

  test.each([
    ["terminated", "manager-1's instance i-m1 is terminated, and has to be running"],
    [undefined, "manager-1's instance i-m1 is unknown to EC2, and has to be running"],
  ] as const)("is refused from a survivor that is %s", (state, words) => {
    expect(reasonsFor({ instances: { "i-m1": state } })).toEqual([words]);
  });

  test("is refused from a survivor whose agent is silent, that lost its slot, or is to leave", () => {
    expect(reasonsFor({ slots: { 1: { updatedAt: minutesAgo(5) } } })[0]).toContain(
      "manager-1 has not reported for 5 min",
    );
    const lost = reasonsFor({ slots: { 1: { instanceId: "i-new" } }, instances: { "i-new": "stopped" } });
    expect(lost).toContain("manager-1 has lost its slot to i-new");
    expect(reasonsFor({ slots: { 1: { retire: "remove" } } })[0]).toContain("take that back first");
  });

  test.each([
    ["node-anew", "its dockerd runs as node node-anew"],
    [undefined, "its dockerd is in no swarm"],
  ])("is refused from a survivor that lost its swarm state, and reports node %s", (nodeId, words) => {
    expect(reasonsFor({ slots: { 1: { nodeId } } })).toEqual([
      `manager-1 has lost its swarm state: ${words}, and the member was node node-m1`,
    ]);
  });

  test("is refused from a node that was no manager", () => {
    expect(reasonsFor({}, 5)).toEqual([
      "manager-5 was no manager of the swarm when its leader last wrote: manager-0, manager-1, manager-2",
    ]);
    const demoted = [manager(0), manager(1, { role: "worker", reachability: undefined }), manager(2)];
    expect(reasonsFor({ members: demoted })[0]).toContain("manager-1 was no manager");
  });

  test("is refused while the swarm answers the survivor, however the others stand", () => {
    const words =
      'manager-1 reported 30 s ago "ready (manager of the swarm)": the swarm answers it, so that its quorum is not lost';
    const answered = { state: "ready", step: "manager of the swarm", error: undefined } as const;
    expect(reasonsFor({ slots: { 1: answered } })).toEqual([words]);
  });

  test("is refused to an only manager, which is its own quorum", () => {
    expect(reasonsFor({ members: [manager(1)], instances: { "i-m0": undefined, "i-m2": undefined } })).toEqual([
      "manager-1 is the only manager: it needs no other one for a quorum",
    ]);
  });

  test("is possible from one of two", () => {
    expect(reasonsFor({ members: [manager(0), manager(1)] })).toEqual(["write"]);
  });

  test.each(["unclaimed", "initializing", "forming", "destroying"] as const)(
    "is refused while the cluster is %s",
    (phase) => {
      expect(reasonsFor({ record: { phase } })).toEqual([
        `the cluster is ${phase}: only one that was ready can be recovered`,
      ]);
    },
  );

  test("is refused where a newer version writes, and where there is no record", () => {
    expect(reasonsFor({ record: { minWriter: 99 } })[0]).toContain("update cdktf-swarm");
    expect(decideRecovery({ ...sources(), cluster: undefined }, 1)).toMatchObject({ kind: "refused" });
  });

  test("that is under way is waited for, and is not begun from another manager", () => {
    const under = (slot: number): World => ({
      record: { phase: "recovering", recovery: { slot, instanceId: `i-m${slot}`, requestedAt: WRITTEN_AT } },
    });
    expect(reasonsFor(under(1))).toEqual(["already asked"]);
    expect(reasonsFor(under(0))).toEqual([
      `a recovery from manager-0 (i-m0) is under way, asked for at ${WRITTEN_AT}: see \`npx cdktf-swarm status dev\``,
    ]);
  });
});

describe("who could carry the swarm on", () => {
  const best = (world: World): string | undefined => bestSurvivor(knownManagers(sources(world)), NOW)?.name;

  test("is the manager heard of last, of those whose instances run", () => {
    const all = { "i-m0": "running", "i-m2": "running" } as const;
    const slots = {
      0: { updatedAt: minutesAgo(1) },
      1: { updatedAt: minutesAgo(1.5) },
      2: { updatedAt: minutesAgo(0.2) },
    };
    expect(best({ instances: all, slots })).toBe("manager-2");
    expect(best({ instances: { "i-m2": "stopped" }, slots })).toBe("manager-1");
  });

  test.each(["node-anew", undefined])("is none that lost its swarm state, and reports node %s", (nodeId) => {
    const both = { "i-m0": "running", "i-m2": "stopped" } as const;
    const slots = { 0: { updatedAt: minutesAgo(1) }, 1: { nodeId, updatedAt: minutesAgo(0.2) } };
    expect(best({ instances: both, slots })).toBe("manager-0");
    expect(best({ slots: { 1: { nodeId } } })).toBeUndefined();
  });

  test("is one that lost its state and whose last word, by its own record, is that it is back", () => {
    const slots = { 1: { nodeId: undefined, updatedAt: minutesAgo(1) } };
    expect(best({ slots, nodes: [managerRecord(1, { updatedAt: minutesAgo(0.5) })] })).toBe("manager-1");
  });

  test("is nobody when none runs, or none of those that run has an agent at work", () => {
    expect(best({ instances: { "i-m1": "stopped" } })).toBeUndefined();
    expect(best({ slots: { 1: { updatedAt: minutesAgo(10) } } })).toBeUndefined();
  });
});
