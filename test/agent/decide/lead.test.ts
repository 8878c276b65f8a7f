import { describe, expect, it } from "vitest";
import { decide } from "../../../lib/agent/decide/decide";
import { managerSettings } from "../../support/simulation/settings";
import {
  answer,
  candidate,
  decided,
  kinds,
  leaderSees,
  leading,
  manager,
  managerRecord,
  memory,
  NOW,
  publishedRecord,
  SWARM,
  seen,
  slotInstance,
  slotRecord,
  table,
  WALL,
  worker,
  workerRecord,
} from "./given";

const ofKind = (kind: string, ...args: Parameters<typeof decided>) =>
  decided(...args).filter((action) => action.kind === kind);

describe("the phase", () => {
  const forming = seen(publishedRecord({ phase: "forming" }));
  const unreachable = { manager: { leader: false, reachability: "unreachable" } } as const;

  it.each([
    [1, [manager(0)], 1],
    [3, [manager(0), manager(1)], 0],
    [3, [manager(0), manager(1), manager(2)], 1],
    [3, [manager(0), manager(1), manager(2, unreachable)], 0],
    [5, [manager(0), manager(1), manager(2)], 1],
    [
      7,
      [manager(0), manager(1), manager(2), manager(3, unreachable), manager(4, unreachable), manager(5, unreachable)],
      0,
    ],
  ])("of %i slots becomes ready with enough managers in reach (case %#)", (slots, nodes, expected) => {
    expect(
      ofKind("declare-ready", leaderSees(nodes, { cluster: forming }), memory(), managerSettings(0, slots)),
    ).toHaveLength(expected);
  });

  it("is left alone once it is ready", () => {
    expect(ofKind("declare-ready", leaderSees([manager(0), manager(1), manager(2)]))).toEqual([]);
  });
});

it("the leader reports since when it leads, by the clock of the world", () => {
  // GIVEN
  const remembered = memory({ leadsSince: NOW - 5_000, reported: undefined });
  // WHEN
  const { actions } = decide(leaderSees([manager(0)]), remembered, managerSettings(0));
  // THEN
  const since = new Date(WALL - 5_000).toISOString();
  expect(actions.find(({ kind }) => kind === "report")).toMatchObject({ leading: { clusterId: "c1", since } });
});

describe("the stored token", () => {
  const at = (version: number, tokenIndex: number) =>
    leaderSees([manager(0)], {
      docker: seen(leading([manager(0)], { swarm: { ...SWARM, version } })),
      cluster: seen(publishedRecord({ tokenIndex })),
    });

  it.each([
    [10, 10, 0],
    [9, 10, 0],
    [11, 10, 1],
  ])("is written when the swarm is at version %i and the record at %i (%i)", (version, tokenIndex, expected) => {
    expect(ofKind("publish-token", at(version, tokenIndex))).toHaveLength(expected);
  });

  it("is nowhere in what is decided", () => {
    expect(JSON.stringify(decided(at(11, 10)))).not.toContain("SWMTKN");
  });
});

describe("labels", () => {
  const labelled = (nodes: Parameters<typeof leaderSees>[0], records: Parameters<typeof table>[0]) =>
    ofKind("label", leaderSees(nodes, { table: seen(table(records)) }));

  it("tell a worker's zone, pool and what its pool asks for", () => {
    // GIVEN
    const records = { nodes: [workerRecord({ labels: { disk: "ssd" } })] };
    // WHEN / THEN
    expect(labelled([manager(0), worker("w1")], records)).toMatchObject([
      { nodeId: "w1", version: 5, labels: { az: "eu-west-1a", pool: "general", disk: "ssd" } },
    ]);
  });

  it("tell the founder's slot", () => {
    // GIVEN
    const records = { slots: [slotRecord(0)], nodes: [managerRecord(0)] };
    // WHEN / THEN
    expect(labelled([manager(0, { labels: {} })], records)).toMatchObject([
      { nodeId: "n0", labels: { az: "eu-west-1a", slot: "0" } },
    ]);
  });

  it("are not taken from a worker that asks for another place than its own", () => {
    // GIVEN
    const records = { nodes: [workerRecord({ labels: { slot: "0", az: "mars", pool: "other" } })] };
    // WHEN / THEN
    expect(labelled([manager(0), worker("w1")], records)).toMatchObject([
      { labels: { az: "eu-west-1a", pool: "general" } },
    ]);
  });

  it("that are there are kept, whatever they say", () => {
    expect(
      labelled([manager(0), worker("w1", { labels: { az: "x", pool: "y" } })], { nodes: [workerRecord()] }),
    ).toEqual([]);
  });

  it("are not taken from a record of another address", () => {
    expect(labelled([manager(0), worker("w1")], { nodes: [workerRecord({ address: "10.0.9.9" })] })).toEqual([]);
  });

  it("of a slot wait for the promotion", () => {
    // GIVEN
    const records = { slots: [slotRecord(1)], nodes: [managerRecord(1)] };
    // WHEN / THEN
    expect(labelled([manager(0), worker("n1", { address: "10.0.0.2" })], records)).toEqual([]);
  });

  it("are set twenty in any second", () => {
    // GIVEN
    const ids = Array.from({ length: 30 }, (_, index) => index);
    const nodes = ids.map((index) => worker(`w${index}`, { address: `10.0.1.${index}` }));
    const records = ids.map((index) =>
      workerRecord({ nodeId: `w${index}`, instanceId: `i-w${index}`, address: `10.0.1.${index}` }),
    );
    const given = leaderSees([manager(0), ...nodes], { table: seen(table({ nodes: records })) });
    const labelsAfter = (...labelledAt: number[]) => ofKind("label", given, memory({ labelledAt }));
    // WHEN / THEN
    expect(labelsAfter()).toHaveLength(20);
    expect(labelsAfter(NOW - 1_000, NOW - 999, NOW - 1)).toHaveLength(18);
    expect(labelsAfter(...ids.slice(0, 20).map((index) => NOW - index))).toEqual([]);
  });
});

describe("the view", () => {
  const nodes = [manager(0), worker("w1", { labels: { az: "eu-west-1a", pool: "general" } })];
  const records = table({ slots: [slotRecord(0)], nodes: [workerRecord(), managerRecord(0)] });
  const view = (overrides = {}, remembered = memory()) =>
    ofKind("publish-view", leaderSees(nodes, { table: seen(records), ...overrides }), remembered);

  it("names every member with its place", () => {
    expect(view()).toMatchObject([
      {
        managers: [{ slot: 0, address: "10.0.0.1", nodeId: "n0" }],
        summary: {
          members: [
            {
              nodeId: "n0",
              instanceId: "i-0",
              role: "manager",
              slot: 0,
              leader: true,
              reachability: "reachable",
              state: "ready",
            },
            {
              nodeId: "w1",
              instanceId: "i-w1",
              role: "worker",
              pool: "general",
              state: "ready",
              availability: "active",
            },
          ],
          faults: [],
        },
      },
    ]);
  });

  it("is not written again while nothing changes, in whatever order the registry returns it", () => {
    // GIVEN
    const [action] = view();
    const { managers, summary } = action as Extract<typeof action, { kind: "publish-view" }>;
    const reversed = JSON.parse(JSON.stringify(summary), (_, value) =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    const cluster = seen(publishedRecord({ managers, summary: { ...reversed, updatedAt: "long ago" } }));
    // WHEN / THEN
    expect(view({ cluster })).toEqual([]);
  });

  it("is written before a promotion, which writes the same record", () => {
    // GIVEN
    const slots = table({ slots: [slotRecord(0), slotRecord(1)] });
    const given = leaderSees([manager(0), candidate(1)], { table: seen(slots), instances: answer([slotInstance(1)]) });
    // WHEN / THEN
    expect(kinds(given).filter((kind) => kind === "publish-view" || kind === "promote")).toEqual([
      "publish-view",
      "promote",
    ]);
  });

  it("takes the place of no other record than the one that was read", () => {
    expect(view({ cluster: seen(publishedRecord({ writeId: "read" })) })).toMatchObject([{ writeId: "read" }]);
  });

  it.each([
    ["names who is on its way into Raft", { role: "manager" }, { slot: 1, address: "10.0.0.2", nodeId: "n1" }],
    ["names nobody once that is over", { role: "worker" }, undefined],
  ] as const)("%s", (_, overrides, promoting) => {
    // GIVEN
    const node = manager(1, { ...overrides, manager: undefined });
    const cluster = seen(publishedRecord({ promoting: { slot: 2, address: "", nodeId: "n2" } }));
    // WHEN
    const [action] = ofKind("publish-view", leaderSees([manager(0), node], { table: seen(records), cluster }));
    // THEN
    expect(action).toMatchObject({ managers: [{ nodeId: "n0" }], promoting });
  });

  it("does not name who is on its way out of Raft", () => {
    // GIVEN
    const node = manager(1, { role: "worker" });
    const cluster = seen(publishedRecord({ promoting: { slot: 1, address: "10.0.0.2", nodeId: "n1" } }));
    // WHEN
    const [action] = ofKind("publish-view", leaderSees([manager(0), node], { table: seen(records), cluster }));
    // THEN
    expect(action).toMatchObject({ promoting: undefined });
  });

  it("is not written before the nodes' records were read", () => {
    expect(view({ table: undefined })).toEqual([]);
  });

  it("is written when nothing is new but that nobody is on its way into Raft any more", () => {
    // GIVEN
    const [action] = view();
    const { managers, summary } = action as Extract<typeof action, { kind: "publish-view" }>;
    const written = { managers, summary: { ...summary, updatedAt: "long ago" } };
    const promoting = { slot: 1, address: "10.0.0.2", nodeId: "n1" };
    // WHEN / THEN
    expect(view({ cluster: seen(publishedRecord(written)) })).toEqual([]);
    expect(view({ cluster: seen(publishedRecord({ ...written, promoting })) })).toHaveLength(1);
  });

  it("is written twice a second at most", () => {
    expect(view({}, memory({ viewWrittenAt: NOW - 499 }))).toEqual([]);
    expect(view({}, memory({ viewWrittenAt: NOW - 500 }))).toHaveLength(1);
  });

  it.each([
    ["promoted by hand", worker("x1", { role: "manager", manager: { leader: false, reachability: "reachable" } })],
    ["demoted by hand", worker("x1", { labels: { slot: "1" } })],
    ["no record names its instance", worker("x1", { state: "down", address: "10.0.1.7" })],
    ["set to drain by hand", worker("x1", { availability: "drain" })],
  ])("tells that a node was %s, and nothing is done about it", (fault, node) => {
    // GIVEN
    const given = leaderSees([manager(0), node], { table: seen(records) });
    // WHEN
    const [action] = ofKind("publish-view", given);
    // THEN
    expect(JSON.stringify(action)).toContain(fault);
    expect(kinds(given)).toEqual(["publish-view"]);
  });
});

describe("a node that terminates", () => {
  const asking = table({ nodes: [workerRecord({ drainRequested: true })] });

  it("is drained by nobody but the leader", () => {
    // GIVEN
    const follower = manager(0, { manager: { leader: false, reachability: "reachable" } });
    const node = worker("w1", { labels: { az: "a", pool: "general" } });
    // WHEN / THEN
    expect(ofKind("drain", leaderSees([follower, node], { table: seen(asking) }))).toEqual([]);
  });

  it.each([
    ["active", 1],
    ["drain", 0],
    ["pause", 0],
  ] as const)("and is %s is drained on its request (%i)", (availability, expected) => {
    // GIVEN
    const node = worker("w1", { availability, labels: { az: "a", pool: "general" } });
    // WHEN / THEN
    expect(ofKind("drain", leaderSees([manager(0), node], { table: seen(asking) }))).toHaveLength(expected);
  });
});
