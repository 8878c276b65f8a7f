import { describe, expect, it } from "vitest";
import { remember } from "../../../../lib/agent/remember/remember";
import { managerSettings, workerSettings } from "../../../support/simulation/settings";
import {
  clusterRecord,
  decided,
  kinds,
  leading,
  manager,
  memory,
  NOW,
  observation,
  said,
  seen,
  slotRecord,
} from "../given";

const FOUNDER = { nonce: "nonce-1", instanceId: "i-0", epoch: 1 };
const mine = (overrides = {}) => seen(clusterRecord({ phase: "initializing", owner: "i-0", epoch: 1, ...overrides }));
const others = (overrides = {}) => seen(clusterRecord({ phase: "initializing", owner: "i-9", epoch: 1, ...overrides }));
const watched = (since: number) => ({ watch: { epoch: 1, renewal: 0, since, seenAt: NOW } });
const initialised = (overrides = {}) =>
  seen({
    ...leading([manager(0)]),
    status: { state: "active", nodeId: "n0", controlAvailable: true, clusterId: "c1" },
    ...overrides,
  } as const);

describe("an unclaimed cluster", () => {
  it("is claimed by slot 0 at once", () => {
    expect(decided(observation(), memory({ unclaimedSince: NOW }))).toMatchObject([{ kind: "claim", epoch: 0 }]);
    expect(said(observation())).toMatchObject({ state: "claiming", step: "claiming the cluster" });
  });

  it.each([
    [4_999, []],
    [5_000, ["claim"]],
  ])("is left to slot 0 by others, %i ms after they saw it", (age, expected) => {
    // GIVEN
    const remembered = memory({ unclaimedSince: NOW - age });
    // WHEN / THEN
    expect(kinds(observation(), remembered, managerSettings(1))).toEqual(expected);
  });

  it("is not claimed by a worker", () => {
    expect(kinds(observation(), memory(), workerSettings())).toEqual([]);
  });

  it("is not claimed by a manager that does not hold its slot", () => {
    // GIVEN
    const given = observation({ slot: seen(slotRecord(0, { instanceId: "i-other" })) });
    // WHEN / THEN
    expect(kinds(given, memory({ slotHeld: false }))).toEqual([]);
  });

  it("is not claimed while dockerd is in a swarm nobody here founded", () => {
    // GIVEN
    const given = observation({ docker: initialised() });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given)).toMatchObject({ state: "failed", error: expect.stringContaining("did not found") });
  });

  it("is not claimed again right after a refusal, and the refusal is told", () => {
    // GIVEN
    const remembered = memory({ claimPause: { until: NOW + 1, reason: "refused by slot#1" } });
    // WHEN / THEN
    expect(kinds(observation(), remembered)).toEqual([]);
    expect(said(observation(), remembered).error).toBe("refused by slot#1");
  });
});

describe("the claimer", () => {
  const renewed = memory({ renewedAt: NOW - 1_000 });

  it("initialises the swarm", () => {
    expect(decided(observation({ cluster: mine() }), renewed)).toMatchObject([
      { kind: "init", epoch: 1, reason: "this node holds the claim" },
    ]);
  });

  it("renews its claim every ten seconds, also while swarm init takes its time", () => {
    // GIVEN
    const given = observation({ cluster: mine({ renewal: 3 }), busy: { kind: "init", since: NOW - 30_000 } });
    // WHEN / THEN
    expect(decided(given, memory({ renewedAt: NOW - 10_000 }))).toMatchObject([
      { kind: "renew", epoch: 1, renewal: 3 },
    ]);
    expect(kinds(given, memory({ renewedAt: NOW - 9_999 }))).toEqual([]);
  });

  it("gives its claim up instead of renewing it for the nineteenth time", () => {
    const given = observation({ cluster: mine({ renewal: 18 }) });
    const due = memory({ renewedAt: NOW - 10_000 });
    expect(kinds(given, due)).toEqual(["release"]);
    expect(said(given, due).error).toBe("the swarm was not founded within 180 seconds");
  });

  it("publishes a swarm its own marker is of", () => {
    // GIVEN
    const given = observation({ cluster: mine(), docker: initialised(), markers: { founder: FOUNDER } });
    // WHEN / THEN
    expect(decided(given, renewed)).toMatchObject([{ kind: "publish", epoch: 1, clusterId: "c1", nodeId: "n0" }]);
  });

  it("takes up its own swarm of an earlier epoch that was never published", () => {
    // GIVEN
    const markers = { founder: { ...FOUNDER, epoch: 0 } };
    // WHEN / THEN
    expect(decided(observation({ cluster: mine(), docker: initialised(), markers }), renewed)).toMatchObject([
      { kind: "adopt", epoch: 1 },
    ]);
  });

  it.each([
    ["no marker", {}],
    ["a marker of another life of the cluster", { founder: { ...FOUNDER, nonce: "nonce-0" } }],
    ["a marker of another instance", { founder: { ...FOUNDER, instanceId: "i-7" } }],
  ])("does not publish a swarm with %s", (_, markers) => {
    expect(kinds(observation({ cluster: mine(), docker: initialised(), markers }), renewed)).toEqual([]);
  });

  it("does not publish a swarm that was abandoned, but leaves it", () => {
    // GIVEN
    const given = observation({
      cluster: mine({ abandoned: ["c1"] }),
      docker: initialised(),
      markers: { founder: FOUNDER },
    });
    // WHEN / THEN
    expect(decided(given, renewed)).toMatchObject([{ kind: "leave", ground: "abandoned" }]);
  });

  it.each([
    ["address pool", { addressPools: ["10.0.0.0/8"] }],
    ["mask length", { addressPoolMaskLength: 26 }],
    ["data-path port", { dataPathPort: 4790 }],
    ["heartbeat", { heartbeatSeconds: 10 }],
    ["certificates' life", { certExpiryHours: 24 }],
    ["task history", { taskHistoryLimit: 1 }],
    ["autolock", { autolock: true }],
  ])("does not publish a swarm with another %s than asked", (name, difference) => {
    // GIVEN
    const swarm = { ...leading([]).swarm, ...difference } as ReturnType<typeof leading>["swarm"];
    const given = observation({ cluster: mine(), docker: initialised({ swarm }), markers: { founder: FOUNDER } });
    // WHEN / THEN
    expect(kinds(given, renewed)).toEqual([]);
    expect(said(given, renewed)).toMatchObject({ state: "failed", error: expect.stringContaining(name) });
  });

  it("waits after a failed init, and says what failed", () => {
    // GIVEN
    const attempts = { init: { failures: 1, notBefore: NOW + 1, error: "no route to host" } };
    const remembered = memory({ renewedAt: NOW, attempts });
    // WHEN / THEN
    expect(kinds(observation({ cluster: mine() }), remembered)).toEqual([]);
    expect(said(observation({ cluster: mine() }), remembered)).toMatchObject({
      state: "claiming",
      error: "no route to host",
    });
  });
});

describe("another manager's claim", () => {
  it.each([
    [59_999, []],
    [60_000, ["steal"]],
  ])("that has not moved for %i ms is left or taken over", (age, expected) => {
    expect(kinds(observation({ cluster: others() }), memory(watched(NOW - age)))).toEqual(expected);
  });

  it("is taken over by epoch and renewal", () => {
    expect(decided(observation({ cluster: others() }), memory(watched(NOW - 60_000)))).toMatchObject([
      { kind: "steal", epoch: 1, renewal: 0 },
    ]);
  });

  it("that was renewed is watched anew", () => {
    // GIVEN
    const given = observation({ cluster: others({ renewal: 1 }) });
    // WHEN
    const remembered = remember(memory(watched(NOW - 60_000)), given, managerSettings(0));
    // THEN
    expect(remembered.watch).toMatchObject({ renewal: 1, since: NOW });
    expect(kinds(given, remembered)).toEqual([]);
  });

  it("that was not looked at for over fifteen seconds is watched anew", () => {
    // GIVEN
    const given = observation({ cluster: others() });
    const slept = memory({ watch: { epoch: 1, renewal: 0, since: NOW - 70_000, seenAt: NOW - 15_001 } });
    // WHEN
    const remembered = remember(slept, given, managerSettings(0));
    // THEN
    expect(remembered.watch).toMatchObject({ since: NOW });
  });

  it("is watched on, from look to look", () => {
    // GIVEN
    const given = observation({ cluster: others() });
    const awake = memory({ watch: { epoch: 1, renewal: 0, since: NOW - 70_000, seenAt: NOW - 15_000 } });
    // WHEN
    const remembered = remember(awake, given, managerSettings(0));
    // THEN
    expect(remembered.watch).toMatchObject({ since: NOW - 70_000, seenAt: NOW });
  });

  it.each(["forming", "ready"] as const)("is never taken over once the cluster is %s", (phase) => {
    // GIVEN
    const cluster = seen(clusterRecord({ phase, owner: "i-9", epoch: 1, clusterId: "c9" }));
    // WHEN / THEN
    expect(kinds(observation({ cluster }), memory(watched(NOW - 600_000)))).toEqual([]);
  });
});
