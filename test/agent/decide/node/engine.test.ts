import { describe, expect, it } from "vitest";
import { effectiveStatus } from "../../../../lib/agent/observe/engine-state";
import type { SwarmStatus } from "../../../../lib/agent/ports";
import { kinds, leaderSees, leading, manager, memory, NOW, publishedRecord, said, seen } from "../given";

const FULL = "write wal: no space left on device";

const MEMBER = { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "n0" };

function failed(error: string | undefined, overrides: Parameters<typeof leaderSees>[1] = {}) {
  const status: SwarmStatus = { state: "error", controlAvailable: false, error };
  return leaderSees([manager(0)], { docker: seen({ status }), ...overrides });
}

const since = (ago: number) => memory({ stuckSince: NOW - ago });

describe("a dockerd whose part in the swarm ended", () => {
  it("is restarted once it has said so for a minute, with its own words for the reason", () => {
    expect(kinds(failed(FULL), since(60_000))).toContain("restart-engine");
    expect(said(failed(FULL), since(60_000)).error).toContain(FULL);
  });

  it("is restarted, too, where it began to found a swarm that was never published", () => {
    const founder = { nonce: "nonce-1", instanceId: "i-0", epoch: 1 };
    expect(kinds(failed(FULL, { markers: { founder } }), since(60_000))).toContain("restart-engine");
  });

  it("is restarted in a recovery where it is to carry the swarm on", () => {
    const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
    const cluster = seen(publishedRecord({ phase: "recovering", recovery }));
    expect(kinds(failed(FULL, { cluster }), since(60_000))).toContain("restart-engine");
  });

  it.each([
    ["for less than a minute", failed(FULL), since(59_999)],
    ["with no reason", failed(undefined), since(600_000)],
    ["because it was removed", failed("node was removed from swarm"), since(600_000)],
    [
      "less than ten minutes after the last restart",
      failed(FULL),
      { ...since(60_000), engineRestartedAt: NOW - 599_999 },
    ],
    [
      "with another instance's state",
      failed(FULL, { markers: { member: { ...MEMBER, instanceId: "i-9" } } }),
      since(60_000),
    ],
    [
      "once the cluster was recovered without it",
      failed(FULL, { cluster: seen(publishedRecord({ generation: 1 })) }),
      since(60_000),
    ],
    [
      "while a cluster is recovered",
      failed(FULL, { cluster: seen(publishedRecord({ phase: "recovering" })) }),
      since(60_000),
    ],
    ["while it does something else", failed(FULL, { busy: { kind: "join", since: NOW } }), since(60_000)],
  ])("is left alone %s", (_, given, remembered) => {
    expect(kinds(given, remembered)).not.toContain("restart-engine");
  });
});

describe("what dockerd says of itself", () => {
  it.each<[string, Partial<SwarmStatus>, SwarmStatus["state"]]>([
    ["`error` without an error, of a node", { nodeId: "n0" }, "active"],
    ["`error` with an error", { nodeId: "n0", error: FULL }, "error"],
    ["`error` of no node", {}, "error"],
  ])("means what it means: %s", (_, status, expected) => {
    expect(effectiveStatus({ state: "error", controlAvailable: true, ...status }).state).toBe(expected);
  });
});

describe("a manager that follows", () => {
  const follower = (lead: { instanceId: string; at: string } | undefined) => {
    const self = manager(1);
    return leaderSees([manager(0), self], {
      docker: seen(
        leading([], {
          status: { state: "active", nodeId: "n1", controlAvailable: true, clusterId: "c1" },
          self,
          nodes: undefined,
        }),
      ),
      cluster: seen(publishedRecord({ lead })),
    });
  };
  const lead = { instanceId: "i-0", at: "2026-01-01T00:00:00Z" };
  const heard = (ago: number) => memory({ leadSign: { at: lead.at, since: NOW - ago } });

  it("tells that nobody acts as the leader once its sign of life stood still for 90 seconds", () => {
    expect(said(follower(lead), heard(90_000))).toMatchObject({ state: "ready", step: "manager of the swarm" });
    expect(said(follower(lead), heard(90_000)).error).toContain(
      "no agent acts as one for 90 seconds or more; the last was i-0",
    );
  });

  it.each([
    ["for less", follower(lead), heard(89_999)],
    ["of a leader whose agent leaves none", follower(undefined), memory()],
  ])("tells nothing when it stood still %s", (_, given, remembered) => {
    expect(said(given, remembered).error).toBeUndefined();
  });
});

describe("a leader", () => {
  const given = leaderSees([manager(0)]);

  it("has a write confirmed once a minute", () => {
    expect(kinds(given, memory({ provenAt: NOW - 60_000 }))).toContain("prove-writes");
    expect(kinds(given, memory({ provenAt: NOW - 59_999 }))).not.toContain("prove-writes");
  });

  it("tells when no write is confirmed for 20 seconds", () => {
    const overdue = memory({ unprovenSince: NOW - 20_000 });
    expect(said(given, overdue).reasons.join()).toContain("the swarm confirms no write");
    expect(said(given, memory({ unprovenSince: NOW - 19_999 })).reasons.join()).not.toContain("confirms no write");
  });
});
