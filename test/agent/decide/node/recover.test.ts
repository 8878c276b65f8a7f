import { describe, expect, it } from "vitest";
import type { ClusterRecord } from "../../../../lib/registry/records";
import { managerSettings, workerSettings } from "../../../support/simulation/settings";
import { kinds, leading, manager, memory, NOW, OUTSIDE, observation, publishedRecord, said, seen } from "../given";

const recovering = (instanceId: string, overrides: Partial<ClusterRecord> = {}) =>
  seen(
    publishedRecord({
      phase: "recovering",
      generation: 1,
      recovery: { slot: 0, instanceId, requestedAt: "" },
      ...overrides,
    }),
  );
const marker = (generation: number) => ({
  member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation, nodeId: "n0" },
});
/** Where managers are locked. */
const LOCKED = { ...managerSettings(0), unlockKeySecret: "arn:aws:secretsmanager:eu-west-1:1:secret:apps-x" };
/** A manager that waits for a quorum that does not come. */
const WITHOUT_QUORUM = seen({
  status: { state: "pending", nodeId: "n0", controlAvailable: false } as const,
});
const survivor = (overrides: Parameters<typeof observation>[0] = {}) =>
  observation({ cluster: recovering("i-0"), docker: WITHOUT_QUORUM, markers: marker(0), ...overrides });

describe("the manager a cluster is recovered from", () => {
  it("starts the swarm again alone", () => {
    expect(kinds(survivor())).toEqual(["force-new-cluster"]);
  });

  it.each([
    ["is locked", seen({ status: { state: "locked", controlAvailable: false } as const })],
    ["runs on, without a quorum", WITHOUT_QUORUM],
    ["came out in no swarm", seen(OUTSIDE)],
  ])("takes the lock off its disk first: dockerd %s", (_, docker) => {
    expect(kinds(survivor({ docker, isDiskLocked: true }), memory(), LOCKED)).toEqual(["open-disk"]);
  });

  it("has dockerd restarted that is locked still, though its disk is open", () => {
    // GIVEN
    const docker = seen({ status: { state: "locked", controlAvailable: false } as const });
    // WHEN / THEN
    expect(kinds(survivor({ docker }), memory(), LOCKED)).toEqual(["open-disk"]);
  });

  it("says why its disk is locked still", () => {
    // GIVEN
    const attempts = { "open-disk": { failures: 1, notBefore: NOW + 1, error: "no key opens it" } };
    // WHEN / THEN
    expect(kinds(survivor({ isDiskLocked: true }), memory({ attempts }), LOCKED)).toEqual([]);
    expect(said(survivor({ isDiskLocked: true }), memory({ attempts }), LOCKED).error).toBe("no key opens it");
  });

  it("starts nothing from a disk that was locked by hand, and says so", () => {
    expect(kinds(survivor({ isDiskLocked: true }))).toEqual([]);
    expect(said(survivor({ isDiskLocked: true }))).toMatchObject({ state: "failed", step: "not recovering the swarm" });
  });

  it("unlocks itself as ever once the swarm was started again, locked as it was", () => {
    // GIVEN
    const docker = seen({ status: { state: "locked", controlAvailable: false } as const });
    const again = survivor({ docker, isDiskLocked: true, markers: marker(1) });
    // WHEN / THEN
    expect(kinds(again, memory(), LOCKED)).toEqual(["unlock"]);
  });

  it("does so once: its marker says that it was done", () => {
    expect(kinds(survivor({ markers: marker(1) }))).toEqual([]);
  });

  it("hands the cluster back once the swarm has a leader", () => {
    // GIVEN
    const docker = seen(leading([manager(0)]));
    // WHEN / THEN
    expect(kinds(survivor({ docker, markers: marker(1) }))).toEqual(["publish-recovery"]);
  });

  it.each([
    ["its dockerd holds no swarm", { docker: seen(OUTSIDE) }],
    [
      "its locked disk is of another swarm",
      { isDiskLocked: true, markers: { member: { ...marker(0).member, clusterId: "c9" } } },
    ],
    ["its marker is of another swarm", { markers: { member: { ...marker(0).member, clusterId: "c9" } } }],
  ])("does nothing when %s, and says so", (_, difference) => {
    expect(kinds(survivor(difference))).toEqual([]);
    expect(said(survivor(difference))).toMatchObject({ state: "failed", step: "not recovering the swarm" });
  });

  it("waits while its dockerd is at work", () => {
    expect(kinds(survivor({ busy: { kind: "force-new-cluster", since: NOW } }))).toEqual([]);
  });
});

describe("every other node of a cluster that is recovered", () => {
  it.each([
    ["manager", managerSettings(1)],
    ["worker", workerSettings()],
  ])("waits: a %s", (_, settings) => {
    expect(kinds(survivor({ cluster: recovering("i-9") }), memory(), settings)).toEqual([]);
  });

  it("waits even when it is named and a worker", () => {
    expect(kinds(survivor(), memory(), workerSettings())).toEqual([]);
  });
});

describe("a manager of an earlier generation", () => {
  const late = { cluster: seen(publishedRecord({ generation: 1 })), docker: seen(leading([manager(0)])) };

  it("does nothing in the name of the swarm, and says what to do", () => {
    // GIVEN
    const seenBy = observation({ ...late, markers: marker(0) });
    // WHEN / THEN
    expect(kinds(seenBy)).toEqual([]);
    expect(said(seenBy)).toMatchObject({ state: "failed", step: "kept out of the swarm" });
    expect(said(seenBy).error).toContain("npx cdktf-swarm managers replace --cluster");
  });

  it.each([
    ["has only begun to join", { status: { state: "error", controlAvailable: false } }, false],
    ["failed to join", { status: { state: "inactive", controlAvailable: false } }, true],
  ] as const)("is not what a manager is that %s", (_, docker, hasCertificate) => {
    // GIVEN
    const seenBy = observation({ ...late, docker: seen(docker), markers: marker(0), hasCertificate });
    // WHEN / THEN
    expect(said(seenBy).step).not.toBe("kept out of the swarm");
  });

  it("is not what a worker can be: it takes the new generation up", () => {
    // GIVEN
    const docker = seen({ status: { state: "active", nodeId: "n0", controlAvailable: false } as const });
    const seenBy = observation({ ...late, docker, markers: marker(0) });
    // WHEN / THEN
    expect(kinds(seenBy, memory(), workerSettings())).toEqual(["mark-member"]);
  });
});
