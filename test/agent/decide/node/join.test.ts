import { describe, expect, it } from "vitest";
import { fraction } from "../../../../lib/agent/back-off";
import { shuffle } from "../../../../lib/agent/decide/node/join";
import { managerSettings, workerSettings } from "../../../support/simulation/settings";
import { decided, kinds, memory, NOW, observation, publishedRecord, said, seen } from "../given";

const joinable = memory({ joinableSince: NOW - 60_000 });
const cluster = (phase: "forming" | "ready", overrides = {}) => seen(publishedRecord({ phase, ...overrides }));
const MANAGERS = [0, 1, 2].map((slot) => ({ slot, address: `10.0.0.${slot + 1}`, nodeId: `n${slot}` }));

describe("a node outside the swarm", () => {
  it.each([
    ["manager", "forming", ["join"]],
    ["manager", "ready", ["join"]],
    ["worker", "forming", []],
    ["worker", "ready", ["join"]],
  ] as const)("that is a %s does in a %s cluster: %j", (role, phase, expected) => {
    // GIVEN
    const settings = role === "manager" ? managerSettings(1) : workerSettings();
    // WHEN / THEN
    expect(kinds(observation({ cluster: cluster(phase) }), joinable, settings)).toEqual(expected);
  });

  it("says that it is joining while dockerd is at work on it", () => {
    // GIVEN
    const given = observation({ cluster: cluster("ready"), busy: { kind: "join", since: NOW } });
    // WHEN / THEN
    expect(said(given, joinable, workerSettings())).toMatchObject({ state: "joining", step: "join" });
  });

  it("joins the recorded cluster and generation", () => {
    // GIVEN
    const given = observation({ cluster: cluster("ready", { generation: 2 }) });
    // WHEN / THEN
    expect(decided(given, joinable, workerSettings())).toMatchObject([
      { kind: "join", manager: "10.0.0.1", clusterId: "c1", generation: 2 },
    ]);
  });

  it("asks another manager after each failure", () => {
    // GIVEN
    const given = observation({ cluster: cluster("ready", { managers: MANAGERS }) });
    const after = (failures: number) => memory({ ...joinable, attempts: { join: { failures, notBefore: NOW } } });
    // WHEN
    const asked = [0, 1, 2, 3].map((failures) => decided(given, after(failures), workerSettings())[0]);
    // THEN
    const addresses = asked.map((action) => (action?.kind === "join" ? action.manager : ""));
    expect(new Set(addresses.slice(0, 3)).size).toBe(3);
    expect(addresses[3]).toBe(addresses[0]);
  });

  it("waits its turn among those that wait for the same moment", () => {
    // GIVEN
    const members = Array.from({ length: 2_000 }, (_, index) => ({ nodeId: `n${index}` }));
    const summary = { members, faults: [], updatedAt: "" } as never;
    const given = observation({ cluster: cluster("ready", { summary }) });
    // WHEN / THEN
    expect(kinds(given, memory({ joinableSince: NOW }), workerSettings())).toEqual([]);
    expect(kinds(given, memory({ joinableSince: NOW - 100_000 }), workerSettings())).toEqual(["join"]);
  });

  it("waits its turn among those that were only counted, or are on their way, too", () => {
    // GIVEN
    const counted = [{ pool: "general", state: "ready", availability: "active", count: 1_000 }];
    const summary = { members: [], counted, waiting: 1_000, faults: [], updatedAt: "" } as never;
    const given = observation({ cluster: cluster("ready", { summary }) });
    const turn = fraction(given.self.instanceId) * 100_000;
    // WHEN / THEN
    expect(kinds(given, memory({ joinableSince: NOW - turn + 1 }), workerSettings())).toEqual([]);
    expect(kinds(given, memory({ joinableSince: NOW - turn - 1 }), workerSettings())).toEqual(["join"]);
  });

  it("does not wait for workers when it is a manager, for whom they wait", () => {
    // GIVEN
    const summary = { members: [], waiting: 5_000, faults: [], updatedAt: "" } as never;
    const given = observation({ cluster: cluster("forming", { summary }) });
    // WHEN / THEN
    expect(kinds(given, memory({ joinableSince: NOW }))).toEqual(["join"]);
  });

  it("waits after a failure, and says what failed", () => {
    // GIVEN
    const remembered = memory({
      ...joinable,
      attempts: { join: { failures: 1, notBefore: NOW + 1, error: "invalid join token" } },
    });
    const given = observation({ cluster: cluster("ready") });
    // WHEN / THEN
    expect(kinds(given, remembered, workerSettings())).toEqual([]);
    expect(said(given, remembered, workerSettings())).toMatchObject({ state: "joining", error: "invalid join token" });
  });

  it.each([
    ["another join is under way", { busy: { kind: "join", since: NOW } }],
    ["its instance terminates", { terminating: true }],
    ["the registry lists no manager yet", { cluster: cluster("ready", { managers: [] }) }],
  ] as const)("does not join while %s", (_, overrides) => {
    expect(kinds(observation({ cluster: cluster("ready"), ...overrides }), joinable, workerSettings())).not.toContain(
      "join",
    );
  });

  it("does not join as a manager whose slot is another's", () => {
    expect(
      kinds(observation({ cluster: cluster("ready"), slot: undefined }), memory({ ...joinable, slotHeld: false })),
    ).toEqual([]);
  });

  it("does not join again while dockerd tries on in the background", () => {
    // GIVEN
    const docker = seen({ status: { state: "pending", controlAvailable: false } } as const);
    // WHEN / THEN
    expect(kinds(observation({ cluster: cluster("ready"), docker }), joinable, workerSettings())).toEqual([]);
  });
});

describe("the order in which managers are asked", () => {
  const order = (instanceId: string) =>
    shuffle(MANAGERS, instanceId)
      .map(({ slot }) => slot)
      .join("");

  it("is the same each time for one instance", () => {
    expect(order("i-1")).toBe(order("i-1"));
  });

  it("spreads first attempts evenly over the managers", () => {
    // GIVEN / WHEN
    const first = Array.from({ length: 3_000 }, (_, index) => order(`i-${index.toString(16).padStart(17, "0")}`)[0]);
    // THEN
    for (const slot of ["0", "1", "2"]) {
      const share = first.filter((each) => each === slot).length / first.length;
      expect(share).toBeGreaterThan(0.28);
      expect(share).toBeLessThan(0.39);
    }
  });
});

describe("a node that became a member", () => {
  const docker = seen({ status: { state: "active", nodeId: "w1", controlAvailable: false } } as const);
  const member = { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0 };

  it("writes its node id down", () => {
    // GIVEN
    const given = observation({
      cluster: cluster("ready"),
      docker,
      markers: { member, launch: { instanceId: "i-0" } },
    });
    // WHEN / THEN
    expect(decided(given, joinable, workerSettings())).toMatchObject([
      { kind: "mark-member", nodeId: "w1", clusterId: "c1", reason: "the node is a member" },
    ]);
  });

  it("does not take a swarm it was brought into by hand for a cluster that nobody has founded", () => {
    // GIVEN
    const given = observation({ docker, markers: {} });
    // WHEN / THEN
    expect(kinds(given, joinable, workerSettings())).toEqual([]);
    expect(said(given, joinable, workerSettings()).state).toBe("joined");
  });

  it("does not take a swarm it was brought into by hand for the recorded one", () => {
    // GIVEN
    const given = observation({ cluster: cluster("ready"), docker, markers: {} });
    // WHEN / THEN
    expect(kinds(given, joinable, workerSettings())).toEqual([]);
    expect(said(given, joinable, workerSettings()).state).toBe("joined");
  });
});
