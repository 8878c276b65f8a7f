import { describe, expect, it } from "vitest";
import { backOff, fraction } from "../../../lib/agent/back-off";
import { type Memory, newMemory } from "../../../lib/agent/memory";
import type { Action, ActionDetail, DockerView, Outcome } from "../../../lib/agent/model";
import { learn } from "../../../lib/agent/remember/learn";
import { remember } from "../../../lib/agent/remember/remember";
import { managerSettings } from "../../support/simulation/settings";
import {
  answer,
  leaderSees,
  leading,
  manager,
  memory,
  NOW,
  OUTSIDE,
  observation,
  publishedRecord,
  seen,
  slotRecord,
  table,
  worker,
} from "../decide/given";

const action = (detail: ActionDetail): Action => ({ ...detail, reason: "", expiresAt: NOW });
const having = (detail: ActionDetail, result: Outcome["result"], before: Memory = memory(), text?: string) =>
  learn(before, { action: action(detail), result, detail: text }, NOW, 0.5);
const COMPLETE = { kind: "complete-hook", hook: "launch", transition: "launch" } as const;
const JOIN = { kind: "join", manager: "10.0.0.1", clusterId: "c1", generation: 0 } as const;

describe("the back-off", () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [6, 60_000],
    [1_000, 60_000],
  ])("after %i failures is anywhere below %i ms", (failures, bound) => {
    expect(backOff(failures, 0.999_999)).toBeCloseTo(bound, -1);
    expect(backOff(failures, 0.5)).toBe(bound / 2);
    expect(backOff(failures, 0)).toBe(100);
  });
});

describe("an instance's place", () => {
  it("is spread evenly", () => {
    // GIVEN
    const places = Array.from({ length: 4_000 }, (_, index) => fraction(`i-${index.toString(16).padStart(17, "0")}`));
    // WHEN
    const quarters = [0, 1, 2, 3].map((quarter) => places.filter((place) => Math.floor(place * 4) === quarter).length);
    // THEN
    for (const count of quarters) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe("a failed action", () => {
  it("waits longer each time, and starts afresh once it succeeds", () => {
    // GIVEN
    const twice = having(JOIN, "failed", having(JOIN, "failed"), "refused by the manager");
    // WHEN / THEN
    expect(twice.attempts.join).toEqual({ failures: 2, notBefore: NOW + 1_000, error: "refused by the manager" });
    expect(having(JOIN, "done", twice).attempts.join).toEqual({ failures: 0, notBefore: NOW });
  });

  it("that came too late only asks for a fresh look", () => {
    expect(having(JOIN, "expired")).toEqual({ ...memory(), staleAt: NOW });
  });
});

describe("a lifecycle hook", () => {
  const launching = memory({ launch: { done: false, missed: 0, notBefore: 0 } });

  it("that was completed is done", () => {
    expect(having(COMPLETE, "done", launching).launch).toMatchObject({ done: true });
  });

  it("without an active action is done the third time only, twenty seconds apart: it may not have begun", () => {
    // GIVEN
    const once = having(COMPLETE, "refused", launching);
    const twice = having(COMPLETE, "refused", once);
    // WHEN / THEN
    expect(once.launch).toMatchObject({ done: false, notBefore: NOW + 20_000 });
    expect(twice.launch.done).toBe(false);
    expect(having(COMPLETE, "refused", twice).launch.done).toBe(true);
  });

  it("that failed is tried again, and the error kept", () => {
    expect(having(COMPLETE, "failed", launching, "AccessDenied").launch).toMatchObject({
      done: false,
      missed: 0,
      error: "AccessDenied",
    });
  });

  it("that was extended is not extended again at once", () => {
    expect(having({ ...COMPLETE, kind: "extend-hook" }, "done", launching).launch.extendedAt).toBe(NOW);
  });
});

describe("the slot", () => {
  const empty = newMemory(NOW - 1_000);

  it("is held when its record names this instance", () => {
    expect(remember(empty, observation(), managerSettings(0)).slotHeld).toBe(true);
  });

  it("stays held after it was taken, whatever was read before", () => {
    // GIVEN
    const taken = having({ kind: "take-slot", slot: 0 }, "done", empty);
    // WHEN / THEN
    expect(remember(taken, observation({ slot: seen(undefined, 1) }), managerSettings(0)).slotHeld).toBe(true);
  });

  it("is lost when a report is refused, and found out anew", () => {
    // GIVEN
    const report = { state: "ready", step: "", reasons: [] } as const;
    const lost = having({ kind: "report", report, isOut: false, drainRequested: false, slot: 0 }, "refused");
    const other = observation({ slot: { at: NOW + 1, value: slotRecord(0, { instanceId: "i-other" }) } });
    // WHEN / THEN
    expect(remember(lost, observation(), managerSettings(0)).slotHeld).toBe(false);
    expect(remember(lost, other, managerSettings(0)).slotHeld).toBe(false);
  });
});

describe("an instance EC2 does not know", () => {
  const count = (before: Memory, at: number, own = true) =>
    remember(before, observation({ instances: { ...answer([], ["i-x"], own), at } }), managerSettings(0));

  it("is missed once a minute at most", () => {
    // GIVEN
    const first = count(memory(), NOW);
    // WHEN / THEN
    expect(count(first, NOW + 59_999).notFound["i-x"]?.count).toBe(1);
    expect(count(first, NOW + 60_000).notFound["i-x"]?.count).toBe(2);
  });

  it("is not missed by an answer that does not know the asker", () => {
    expect(count(memory(), NOW, false).notFound).toEqual({});
  });

  it("is not missed by an answer that leaves it out", () => {
    // GIVEN
    const found = answer([], []).value.found;
    const instances = seen({ asked: ["i-0", "i-x"], found, missing: [] });
    // WHEN / THEN
    expect(remember(memory(), observation({ instances }), managerSettings(0)).notFound).toEqual({});
  });

  it("is forgotten about once it is seen again", () => {
    // GIVEN
    const missed = memory({ notFound: { "i-x": { count: 2, at: 0 } } });
    const instances = answer([{ instanceId: "i-x", state: "running" }]);
    // WHEN / THEN
    expect(remember(missed, observation({ instances }), managerSettings(0)).notFound).toEqual({});
  });
});

describe("questions to EC2", () => {
  it("are three in a row, then one a minute", () => {
    // GIVEN
    let state = memory();
    const ask = (at: number) => {
      state = remember(state, observation({ now: at, instancesTriedAt: at }), managerSettings(0));
    };
    // WHEN
    for (const at of [NOW, NOW + 1, NOW + 2]) ask(at);
    const spent = state.questions.left;
    state = remember(state, observation({ now: NOW + 60_002, instancesTriedAt: NOW + 2 }), managerSettings(0));
    // THEN
    expect(spent).toBeLessThan(0.1);
    expect(state.questions.left).toBeCloseTo(1, 2);
  });

  it("cost nothing while the cluster forms, and have their burst left when it is ready", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ phase: "forming" }));
    // WHEN
    const state = remember(memory(), observation({ cluster, instancesTriedAt: NOW }), managerSettings(0));
    // THEN
    expect(state.questions.left).toBe(3);
  });
});

describe("what a leader counts", () => {
  const settings = managerSettings(0);
  const checked = (before: Memory, checks: "ok" | "impaired" | "unknown", ago = 0) =>
    remember(before, leaderSees([], { statusChecks: seen([{ instanceId: "i-1", checks }], ago) }), settings);

  it("is since when status checks fail, from the first one on", () => {
    // GIVEN
    const failing = checked(memory(), "impaired", 5_000);
    // WHEN / THEN
    expect(failing.impairedSince).toEqual({ "i-1": NOW - 5_000 });
    expect(checked(failing, "impaired").impairedSince).toEqual({ "i-1": NOW - 5_000 });
    expect(checked(failing, "unknown").impairedSince).toEqual({ "i-1": NOW - 5_000 });
  });

  it("begins anew after a check that passed", () => {
    expect(checked(checked(memory(), "impaired", 5_000), "ok").impairedSince).toEqual({});
  });

  it.each([
    ["down", "downSince", worker("w1", { state: "down" })],
    ["drained", "drainedSince", worker("w1", { availability: "drain" })],
  ] as const)("is since when a node is %s, until it is not", (_, field, node) => {
    // GIVEN
    const remembered = remember(memory(), leaderSees([node]), settings);
    // WHEN / THEN
    expect(remembered[field]).toEqual({ w1: NOW });
    expect(remember(remembered, leaderSees([node], { now: NOW + 9 }), settings)[field]).toEqual({ w1: NOW });
    expect(remember(remembered, leaderSees([worker("w1")]), settings)[field]).toEqual({});
  });

  it("is since when Auto Scaling lists an instance for a vacant slot, as long as it does", () => {
    // GIVEN
    const lists = (before: Memory, ago: number, ...instanceIds: string[]) =>
      remember(before, leaderSees([], { slotGroups: seen([{ group: "apps-manager-1", instanceIds }], ago) }), settings);
    const first = lists(memory(), 5_000, "i-a");
    // WHEN / THEN
    expect(first.listedSince).toEqual({ "i-a": NOW - 5_000 });
    expect(lists(first, 0, "i-a", "i-b").listedSince).toEqual({ "i-a": NOW - 5_000, "i-b": NOW });
    expect(lists(first, 0, "i-b").listedSince).toEqual({ "i-b": NOW });
    expect(remember(first, leaderSees([]), settings).listedSince).toEqual({ "i-a": NOW - 5_000 });
  });

  it("is not since when a node is unknown: that says nothing", () => {
    expect(remember(memory(), leaderSees([worker("w1", { state: "unknown" })]), settings).downSince).toEqual({});
  });
});

describe("a manager without a leader", () => {
  const PENDING = { status: { state: "pending", controlAvailable: false } } as const;
  const SILENT = {
    status: { state: "active", nodeId: "n0", controlAvailable: true, clusterId: "c1" },
    controlError: "The swarm does not have a leader.",
  } as const;
  const MEMBER = { status: { state: "active", nodeId: "n0", controlAvailable: false } } as const;
  const since = (docker: DockerView, before: Memory = memory()) =>
    remember(before, observation({ docker: seen(docker) }), managerSettings(0)).leaderlessSince;

  it.each([
    ["waits for dockerd to reach its swarm", PENDING],
    ["gets no answer from its swarm", SILENT],
    ["is no manager of its swarm, or never heard that it is one", MEMBER],
  ])("is one that %s, from then on", (_, docker) => {
    expect(since(docker)).toBe(NOW);
    expect(since(docker, memory({ leaderlessSince: NOW - 60_000 }))).toBe(NOW - 60_000);
  });

  it("is none once it is answered, or out of the swarm", () => {
    // GIVEN
    const before = memory({ leaderlessSince: NOW - 60_000 });
    // WHEN / THEN
    expect(since(leading([manager(0)]), before)).toBeUndefined();
    expect(since(OUTSIDE, before)).toBeUndefined();
  });
});

describe("a slot whose instance is no node of the swarm", () => {
  const vacant = (nodes: Parameters<typeof leaderSees>[0], before: Memory = memory()) => {
    const slots = table({ slots: [slotRecord(0), slotRecord(1)] });
    return remember(before, leaderSees(nodes, { table: seen(slots) }), managerSettings(0)).vacantSince;
  };

  it("is counted by its instance from when the leader first saw it, until it is one", () => {
    // GIVEN
    const before = memory({ vacantSince: { "i-1": NOW - 60_000 } });
    // WHEN / THEN
    expect(vacant([manager(0)])).toEqual({ "i-1": NOW });
    expect(vacant([manager(0)], before)).toEqual({ "i-1": NOW - 60_000 });
    expect(vacant([manager(0), manager(1)], before)).toEqual({});
  });
});
