import { describe, expect, it } from "vitest";
import type { Phase } from "../../../../lib/registry/records";
import { workerSettings } from "../../../support/simulation/settings";
import {
  answer,
  candidate,
  clusterRecord,
  decided,
  kinds,
  leaderSees,
  manager,
  memory,
  observation,
  publishedRecord,
  said,
  seen,
  slotInstance,
  slotRecord,
  table,
} from "../given";

/** A leader with something to promote, so that every rule has something to do. */
const tempted = (overrides: Parameters<typeof publishedRecord>[0]) =>
  leaderSees([manager(0, { labels: {} }), candidate(1)], {
    cluster: seen(publishedRecord(overrides)),
    table: seen(table({ slots: [slotRecord(0), slotRecord(1)] })),
    instances: answer([slotInstance(1)]),
  });

describe("a node", () => {
  it("neither founds nor joins without a cluster record", () => {
    // GIVEN
    const given = observation({ cluster: seen(undefined) });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given).error).toContain('no record "cluster"');
  });

  it.each(["unclaimed", "forming", "ready"] as const)("leaves a %s cluster of another nonce alone", (phase) => {
    // GIVEN
    const given = tempted({ phase, nonce: "nonce-0" });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given)).toMatchObject({ state: "failed", error: expect.stringContaining("nonce-0") });
  });

  it("only observes what newer agents write, and says so", () => {
    // GIVEN
    const given = tempted({ minWriter: 2 });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given).error).toContain("newer agents");
  });

  it.each<Phase>(["recovering", "destroying"])("changes no membership while the cluster is %s", (phase) => {
    expect(kinds(tempted({ phase }))).toEqual([]);
  });

  it("has something to do in the same situation otherwise", () => {
    expect(kinds(tempted({}))).toContain("promote");
  });

  it("says why dockerd was kept down at boot", () => {
    // GIVEN
    const given = observation({ refusal: "state of another cluster" });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given)).toMatchObject({ state: "failed", error: "state of another cluster" });
  });

  it("says why the registry cannot be read", () => {
    // GIVEN
    const given = observation({ cluster: undefined, registryError: "AccessDenied" });
    // WHEN / THEN
    expect(said(given)).toMatchObject({ step: "reading the registry", error: "AccessDenied" });
    expect(said(given).reasons).toEqual(["registry: AccessDenied"]);
  });

  it("waits for a dockerd that does not answer", () => {
    // GIVEN
    const given = observation({ docker: undefined, dockerError: "connect ENOENT" });
    // WHEN / THEN
    expect(kinds(given)).toEqual([]);
    expect(said(given)).toMatchObject({ state: "booting", error: "connect ENOENT" });
  });

  it("completes its hooks at once while the cluster is destroyed", () => {
    // GIVEN
    const given = observation({ cluster: seen(clusterRecord({ phase: "destroying" })), terminating: true });
    const launching = memory({ launch: { done: false, missed: 0, notBefore: 0 } });
    // WHEN / THEN
    expect(kinds(given, launching, workerSettings())).toEqual(["complete-hook", "complete-hook"]);
  });
});

describe("a decision", () => {
  it.each([
    [0, 10_000],
    [9_000, 1_000],
  ])("that rests on a record read %i ms ago holds for %i ms", (ago, left) => {
    // GIVEN
    const given = observation({ cluster: seen(clusterRecord(), ago) });
    // WHEN
    const [claim] = decided(given);
    // THEN
    expect(claim?.expiresAt).toBe(given.now + left);
  });
});
