import { describe, expect, it } from "vitest";
import type { ManagerAddress } from "../../../../lib/registry/records";
import { managerSettings } from "../../../support/simulation/settings";
import {
  answer,
  decided,
  memory,
  NOW,
  observation,
  publishedRecord,
  seen,
  slotInstance,
  slotRecord,
  table,
} from "../given";

const FOUNDER: ManagerAddress = { slot: 1, address: "10.0.0.2", nodeId: "n1" };
const standing = (age = 60_000) =>
  memory({ joinableSince: NOW, attempts: later(), standstill: { writeId: "w", since: NOW - age } });
const later = () => ({ join: { failures: 1, notBefore: NOW + 60_000 } });
const dead = (slot: number) => slotInstance(slot, { state: "terminated" });

/** What slot 0's instance, which is in no swarm yet, sees of a forming cluster. */
function forming(
  managers: readonly ManagerAddress[],
  slots: readonly ReturnType<typeof slotRecord>[],
  instances: ReturnType<typeof answer>,
  record: Parameters<typeof publishedRecord>[0] = {},
) {
  const cluster = seen(publishedRecord({ phase: "forming", owner: "i-1", managers, ...record }));
  return observation({ cluster, table: seen(table({ slots })), instances });
}

const abandons = (...args: Parameters<typeof decided>) => decided(...args).filter(({ kind }) => kind === "abandon");

describe("a forming cluster", () => {
  it("is founded anew when its only member died", () => {
    expect(abandons(forming([FOUNDER], [slotRecord(1)], answer([dead(1)])), standing())).toMatchObject([
      { kind: "abandon", epoch: 1, clusterId: "c1", writeId: "w" },
    ]);
  });

  it("is left to the others by a manager that does not hold its slot", () => {
    // GIVEN
    const given = forming([FOUNDER], [slotRecord(1)], answer([dead(1)]));
    // WHEN / THEN
    expect(abandons(given, { ...standing(), slotHeld: false })).toEqual([]);
  });

  it("is founded anew when its founder died before it wrote its node id down", () => {
    expect(
      abandons(forming([FOUNDER], [slotRecord(1, { nodeId: undefined })], answer([dead(1)])), standing()),
    ).toHaveLength(1);
  });

  it("is founded anew when a successor already holds the slot of its only member", () => {
    // GIVEN
    const successor = slotRecord(1, { instanceId: "i-new", nodeId: undefined });
    // WHEN / THEN
    expect(
      abandons(forming([FOUNDER], [successor], answer([slotInstance(1, { instanceId: "i-new" })])), standing()),
    ).toHaveLength(1);
  });

  it("is founded anew when one of its two members died, for the other is no majority", () => {
    // GIVEN
    const managers = [FOUNDER, { slot: 2, address: "", nodeId: "n2" }];
    const instances = answer([dead(1), slotInstance(2)]);
    // WHEN / THEN
    expect(abandons(forming(managers, [slotRecord(1), slotRecord(2)], instances), standing())).toMatchObject([
      { dead: [{ slot: 1, nodeId: "n1" }] },
    ]);
  });

  it("counts a member once that was announced and is in the list by now", () => {
    // GIVEN
    const given = forming([FOUNDER], [slotRecord(1)], answer([dead(1)]), { promoting: FOUNDER });
    // WHEN / THEN
    expect(abandons(given, standing())).toMatchObject([
      { reason: "1 of 1 members died before the cluster was ready", dead: [{ slot: 1, nodeId: "n1" }] },
    ]);
  });

  it.each([
    ["lives", [dead(1), slotInstance(2)], 0],
    ["is stopped", [dead(1), slotInstance(2, { state: "stopped" })], 0],
    ["died", [dead(1), dead(2)], 1],
  ])("whose next member, announced and perhaps there, %s", (_, instances, expected) => {
    // GIVEN
    const managers = [FOUNDER, { slot: 3, address: "", nodeId: "n3" }];
    const promoting = { slot: 2, address: "", nodeId: "n2" };
    const slots = [slotRecord(1), slotRecord(2), slotRecord(3)];
    const given = forming(managers, slots, answer([...instances, slotInstance(3)]), { promoting });
    // WHEN / THEN
    expect(abandons(given, standing())).toHaveLength(expected);
  });

  it.each([
    ["it was written within a minute", 59_999, [FOUNDER], answer([dead(1)])],
    ["its member lives", 60_000, [FOUNDER], answer([slotInstance(1)])],
    ["its member is stopped", 60_000, [FOUNDER], answer([slotInstance(1, { state: "stopped" })])],
    ["EC2 does not list the asker", 60_000, [FOUNDER], answer([dead(1)], [], false)],
    [
      "a majority of its members lives",
      60_000,
      [FOUNDER, { slot: 2, address: "", nodeId: "n2" }, { slot: 3, address: "", nodeId: "n3" }],
      answer([dead(1), slotInstance(2), slotInstance(3)]),
    ],
  ])("is left alone while %s", (_, age, managers, instances) => {
    expect(abandons(forming(managers, [slotRecord(1), slotRecord(2)], instances), standing(age))).toEqual([]);
  });

  describe("of which this node is a member", () => {
    const member = (managers: readonly ManagerAddress[], promoting?: ManagerAddress) => {
      const slots = [slotRecord(0), slotRecord(1)];
      return forming(managers, slots, answer([slotInstance(0), dead(1)]), { promoting });
    };
    const asked = (answers: boolean) =>
      seen({
        status: { state: "active", nodeId: "n0", controlAvailable: true, clusterId: "c1" },
        controlError: answers ? undefined : "The swarm does not have a leader.",
      } as const);
    const SELF = { slot: 0, address: "10.0.0.1", nodeId: "n0" };
    const leaderless = (age: number) => ({ ...standing(), leaderlessSince: NOW - age });

    it.each([
      ["has had no leader for a minute", false, 60_000, 1],
      ["has had no leader for less", false, 59_999, 0],
      ["is answered by a leader", true, 60_000, 0],
    ])("is founded anew by it, or not, when the other one died and it %s", (_, answers, age, expected) => {
      // GIVEN
      const given = { ...member([SELF], FOUNDER), docker: asked(answers) };
      // WHEN / THEN
      expect(abandons(given, leaderless(age), managerSettings(0))).toHaveLength(expected);
    });

    it("is not founded anew by it while nobody died", () => {
      // GIVEN
      const given = { ...member([SELF]), docker: asked(false) };
      // WHEN / THEN
      expect(abandons(given, leaderless(3_600_000), managerSettings(0))).toEqual([]);
    });
  });

  it("is left alone while this node is still on its way into it", () => {
    // GIVEN
    const given = forming([FOUNDER], [slotRecord(1)], answer([dead(1)]));
    // WHEN / THEN
    expect(abandons({ ...given, busy: { kind: "join", since: NOW } }, standing())).toEqual([]);
  });

  it("is never founded anew once it is ready", () => {
    expect(
      abandons(forming([FOUNDER], [slotRecord(1)], answer([dead(1)]), { phase: "ready" }), standing(3_600_000)),
    ).toEqual([]);
  });
});
