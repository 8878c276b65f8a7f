import { describe, expect, it } from "vitest";
import type { Instance, SwarmNode } from "../../../../lib/agent/ports";
import {
  answer,
  candidate,
  DOWN,
  decided,
  manager,
  managerRecord,
  memory,
  NOW,
  slotInstance,
  slotRecord,
  threeSlots,
  worker,
  workerRecord,
} from "../given";

/** Slot 1's instance runs as `n9`; its former node is `n1`. */
function rejoined(
  former: Partial<SwarmNode> = {},
  instance: Partial<Instance> = {},
  successor: Partial<SwarmNode> = {},
) {
  const slots = [slotRecord(0), slotRecord(1, { nodeId: "n9" }), slotRecord(2)];
  const nodes = [
    manager(0),
    manager(1, { ...DOWN, ...former }),
    manager(2),
    candidate(1, { id: "n9", hostname: "host-n9", ...successor }),
  ];
  return threeSlots(nodes, slots, answer([slotInstance(1, instance), slotInstance(2)]));
}

const buried = (given: ReturnType<typeof rejoined>) =>
  decided(given).flatMap((action) => (action.kind === "bury" ? [action.nodeId] : []));

describe("the former node of an instance that joined again", () => {
  it("is taken out, and says which node the instance runs as", () => {
    const [action] = decided(rejoined()).filter(({ kind }) => kind === "bury");
    expect(action).toMatchObject({ nodeId: "n1", reason: "instance i-1 runs as node n9 by now" });
  });

  it.each<[string, Parameters<typeof rejoined>]>([
    ["is up", [{ state: "ready", manager: { leader: false, reachability: "reachable" } }]],
    ["was not heard of by a new leader", [{ state: "unknown" }]],
    ["has a successor that is not up", [{}, {}, { state: "down" }]],
    ["is of an instance that EC2 does not call running", [{}, { state: "stopped" }]],
    ["has a successor at another address than the instance's", [{}, { privateAddress: "10.0.0.77" }]],
  ])("stays when it %s", (_, given) => {
    expect(buried(rejoined(...given))).toEqual([]);
  });

  it("is known by the slot it was promoted for, where Docker shows no address of it", () => {
    expect(buried(rejoined({ address: "0.0.0.0" }))).toEqual(["n1"]);
  });

  it("of a worker is known by the address, which no two instances have", () => {
    // GIVEN
    const given = threeSlots(
      [manager(0), manager(1), manager(2), worker("old", { state: "down" }), worker("w1")],
      undefined,
      answer([{ instanceId: "i-w1", state: "running", privateAddress: "10.0.1.1" }]),
    );
    const nodes = [managerRecord(0), managerRecord(1), managerRecord(2), workerRecord()];
    const table = given.table === undefined ? undefined : { ...given.table, value: { ...given.table.value, nodes } };
    // WHEN / THEN
    expect(buried({ ...given, table })).toEqual(["old"]);
  });
});

describe("a node that never connected", () => {
  const nameless = worker("g1", { state: "unknown", hostname: "", address: "" });
  const given = (known: readonly ReturnType<typeof workerRecord>[]) => {
    const made = threeSlots([manager(0), manager(1), manager(2), nameless]);
    const table =
      made.table === undefined ? undefined : { ...made.table, value: { ...made.table.value, nodes: known } };
    return { ...made, table };
  };
  const managers = [managerRecord(0), managerRecord(1), managerRecord(2)];
  const taken = (known: readonly ReturnType<typeof workerRecord>[], seenFor: number) =>
    decided(given(known), memory({ namelessSince: { g1: NOW - seenFor } })).filter(({ kind }) => kind === "bury")
      .length;

  it.each([
    ["every instance runs as another node", managers, 120_000, 1],
    ["the leader has seen it for less than two minutes", managers, 119_999, 0],
    ["an instance has no node that is up", [...managers, workerRecord({ nodeId: undefined })], 120_000, 0],
    ["the registry does not know the leader itself", managers.slice(1), 120_000, 0],
  ])("goes or stays when %s", (_, known, seenFor, expected) => {
    expect(taken(known, seenFor)).toBe(expected);
  });
});
