import { describe, expect, test } from "vitest";
import { changed, replicated, roll, whole } from "../lab/faults/facts";
import type { Sample } from "../lab/faults/watch/sample";
import { moved, placement } from "../lab/faults/workload/workload";
import { engine, manager, sample, worker } from "./given";

const SHAPE = { managers: 3, workers: 1 };
const MEMBERS = [manager(0), manager(1), manager(2), worker("node-9")];

describe("a swarm that is whole", () => {
  test("fails when one that lacks nothing is not", () => {
    expect(whole(SHAPE)(sample({ members: MEMBERS }))).toBeUndefined();
  });

  test.each([
    ["forming still", { cluster: { phase: "forming" as const } }, "the cluster is forming"],
    ["one node short", { members: MEMBERS.slice(0, 3) }, "3 nodes in the swarm"],
    ["one node over", { members: [...MEMBERS, worker("node-old")] }, "5 nodes in the swarm"],
    ["draining a node", { members: [...MEMBERS.slice(0, 3), { ...worker("node-9"), availability: "drain" }] }, "drain"],
    ["missing a node", { members: [...MEMBERS.slice(0, 3), { ...worker("node-9"), state: "down" }] }, "is down"],
    [
      "deaf to a manager",
      { members: [manager(0), manager(1, "unreachable"), ...MEMBERS.slice(2)] },
      "manager-1 is unreachable",
    ],
    [
      "another cluster than the registry's",
      { cluster: { clusterId: "cluster-b" } },
      "the registry names cluster cluster-b",
    ],
    ["left by a host", { members: MEMBERS, engines: { "i-9": undefined } }, "node node-9 is on no host"],
    [
      "short of a slot's manager",
      { members: [...MEMBERS.slice(0, 2), worker("node-2"), worker("node-9")] },
      "slots 0, 1",
    ],
  ])("fails when a swarm counts as whole that is %s", (_, given, missing) => {
    expect(whole(SHAPE)(sample({ members: MEMBERS, ...given }))).toContain(missing);
  });

  test("fails when one without a leader counts as whole", () => {
    expect(whole(SHAPE)(sample({ members: MEMBERS, engines: { "i-0": undefined } }))).toBe("0 managers lead");
  });
});

describe("members that must not change", () => {
  const members = roll(sample({ members: MEMBERS }));

  test.each([
    ["leaves", MEMBERS.slice(0, 3)],
    ["comes", [...MEMBERS, worker("node-new")]],
    ["is demoted", [...MEMBERS.slice(0, 2), worker("node-2"), worker("node-9")]],
  ])("fails when a node that %s goes unseen", (_, now) => {
    expect(changed(members, sample({ members: now }))).toMatch(/^manager-0 lists/);
  });

  test("fails when a swarm that has no leader for a while counts as changed", () => {
    expect(changed(members, sample({ engines: { "i-0": undefined } }))).toBeUndefined();
  });
});

describe("replicas that must go on", () => {
  const running = (...replicas: string[]): Sample => sample({ engines: { "i-9": engine("node-9", { replicas }) } });

  test.each([
    ["stopped", running()],
    ["was started again", running("a", "b", "d")],
  ])("fails when one that %s goes unseen", (_, now) => {
    expect(moved(placement(running("a", "b", "c")), now)).toMatch(/^i-9 runs/);
  });

  test("fails when a host that does not answer counts as empty", () => {
    expect(moved(placement(running("a")), sample({ engines: { "i-9": undefined } }))).toBeUndefined();
  });

  test("fails when fewer than three are enough", () => {
    expect(replicated(running("a", "b"))).toBe("2 replicas run");
    expect(replicated(running("a", "b", "c"))).toBeUndefined();
  });
});
