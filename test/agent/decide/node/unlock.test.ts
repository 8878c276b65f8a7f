import { describe, expect, it } from "vitest";
import type { Observation } from "../../../../lib/agent/model";
import type { ClusterRecord } from "../../../../lib/registry/records";
import { managerSettings } from "../../../support/simulation/settings";
import {
  clusterRecord,
  decided,
  kinds,
  leaderSees,
  manager,
  memory,
  NOW,
  observation,
  publishedRecord,
  said,
  seen,
} from "../given";

const settings = { ...managerSettings(0), unlockKeySecret: "arn:aws:secretsmanager:eu-west-1:1:secret:apps-x" };
const LOCKED = seen({ status: { state: "locked", controlAvailable: false } as const });
const marker = (generation: number) => ({
  member: { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation, nodeId: "n0" },
});
const recovering = (instanceId: string): ClusterRecord =>
  publishedRecord({ phase: "recovering", generation: 1, recovery: { slot: 0, instanceId, requestedAt: "" } });

/** A manager after a restart of its dockerd. */
const locked = (overrides: Partial<Observation> = {}) =>
  observation({ docker: LOCKED, cluster: seen(publishedRecord()), markers: marker(0), ...overrides });

describe("a locked manager", () => {
  it("unlocks itself", () => {
    expect(kinds(locked(), memory(), settings)).toEqual(["unlock"]);
    expect(said(locked(), memory(), settings)).toMatchObject({ state: "joining", step: "unlocking this manager" });
  });

  it.each([
    ["the registry does not answer, as dockerd starts without it", { cluster: undefined, registryError: "timeout" }],
    ["the cluster record is gone", { cluster: seen(undefined) }],
    ["the cluster is recovered from it, and started again", { cluster: seen(recovering("i-0")), markers: marker(1) }],
  ])("unlocks itself although %s", (_, difference) => {
    expect(kinds(locked(difference), memory(), settings)).toEqual(["unlock"]);
  });

  it.each([
    ["the registry has not been asked yet", { cluster: undefined }],
    ["the registry is of another life of the cluster", { cluster: seen(clusterRecord({ nonce: "nonce-2" })) }],
    ["the registry is written by newer agents", { cluster: seen(publishedRecord({ minWriter: 99 })) }],
    ["the cluster is recovered from it, and nobody is there to answer", { cluster: seen(recovering("i-0")) }],
    ["the cluster is recovered from another manager", { cluster: seen(recovering("i-1")) }],
    ["the cluster was recovered without it", { cluster: seen(publishedRecord({ generation: 1 })) }],
    ["dockerd is at work on it", { busy: { kind: "unlock", since: NOW } as const }],
    ["dockerd is not locked", { docker: seen({ status: { state: "pending", controlAvailable: false } as const }) }],
  ])("does not unlock itself when %s", (_, difference) => {
    expect(kinds(locked(difference), memory(), settings)).not.toContain("unlock");
  });

  it("leaves it to an operator where no key is kept", () => {
    expect(kinds(locked())).toEqual([]);
    expect(said(locked()).error).toContain("docker swarm unlock");
  });

  it("waits after a failed attempt, and says what failed", () => {
    // GIVEN
    const attempts = { unlock: { failures: 1, notBefore: NOW + 1, error: "the secret holds no key" } };
    // WHEN / THEN
    expect(kinds(locked(), memory({ attempts }), settings)).toEqual([]);
    expect(said(locked(), memory({ attempts }), settings).error).toBe("the secret holds no key");
  });
});

describe("the unlock key", () => {
  const leader = leaderSees([manager(0)]);
  const kept = (given = leader, remembered = memory()) =>
    decided(given, remembered, settings).filter(({ kind }) => kind === "keep-unlock-key");

  it("is stored by the leader", () => {
    expect(kept()).toMatchObject([{ version: 10, clusterId: "c1" }]);
  });

  it("is looked at again when the swarm object changes, as by a rotation, and not before", () => {
    expect(kept(leader, memory({ unlockKeyVersion: 9 }))).toHaveLength(1);
    expect(kept(leader, memory({ unlockKeyVersion: 10 }))).toEqual([]);
  });

  it("is no concern of a manager that does not lead", () => {
    expect(kept(leaderSees([manager(0, { manager: { leader: false, reachability: "reachable" } })]))).toEqual([]);
  });

  it("is not kept where managers are not to be locked", () => {
    expect(kinds(leader)).not.toContain("keep-unlock-key");
  });

  it("is missed aloud when it cannot be stored", () => {
    // GIVEN
    const attempts = { "keep-unlock-key": { failures: 1, notBefore: NOW + 1, error: "AccessDenied" } };
    // WHEN / THEN
    const fault = "the unlock key cannot be stored: AccessDenied";
    expect(said(leader, memory({ attempts }), settings).reasons).toContain(fault);
    expect(decided(leader, memory({ attempts }), settings)).toContainEqual(
      expect.objectContaining({ kind: "publish-view", summary: expect.objectContaining({ faults: [fault] }) }),
    );
  });
});
