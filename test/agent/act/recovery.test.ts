import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { Stage } from "./stage";

const KEY = "SWMKEY-1-now";
const EARLIER = "SWMKEY-1-earlier";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe("the recovery of a swarm", () => {
  const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
  const recovering = (overrides = {}) => stage.cluster({ phase: "recovering", generation: 1, recovery, ...overrides });
  const force = () => stage.act({ kind: "force-new-cluster", clusterId: "c1", generation: 1 });

  it("starts the swarm again from this manager, and leaves a marker of the generation", async () => {
    // GIVEN
    recovering();
    // WHEN
    await force();
    // THEN
    expect(stage.done).toEqual(["force new cluster at 10.0.0.1, unlocked"]);
    expect(stage.markers.member).toMatchObject({ clusterId: "c1", generation: 1 });
  });

  it.each([
    ["it was called off", { phase: "ready" }],
    ["another manager was chosen", { recovery: { ...recovery, instanceId: "i-9" } }],
    ["a later one was begun", { generation: 2 }],
  ])("is not done when %s", async (_, record) => {
    // GIVEN
    recovering(record);
    // WHEN / THEN
    expect(await force()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });

  it("starts a locked swarm again locked: dockerd takes the lock off for good when nothing is said of it", async () => {
    // GIVEN
    recovering();
    stage.context = { ...stage.context, settings: { ...stage.context.settings, unlockKeySecret: "secret" } };
    // WHEN
    await force();
    // THEN
    expect(stage.done).toEqual(["force new cluster at 10.0.0.1, locked"]);
  });

  it("is not done on a locked disk, from which dockerd comes out in no swarm", async () => {
    // GIVEN
    recovering();
    stage.diskLock = KEY;
    // WHEN / THEN
    expect(await force()).toMatchObject({ result: "refused", detail: "the disk is locked again" });
    expect(stage.done).toEqual([]);
  });

  it("ends with a ready cluster of one manager, its token of the new generation, and no trace of the request", async () => {
    // GIVEN
    recovering();
    stage.token({ tokenIndex: 99 });
    // WHEN
    await stage.act({ kind: "publish-recovery", nodeId: "n0", clusterId: "c1", generation: 1 });
    // THEN
    const managers = [{ slot: 0, address: "10.0.0.1", nodeId: "n0" }];
    expect(stage.registry.cluster).toMatchObject({ phase: "ready", generation: 1, managers, tokenIndex: 11 });
    expect(stage.registry.cluster).not.toHaveProperty("recovery");
    expect(stage.registry.items.get(recordKey.workerToken)).toMatchObject({ generation: 1, tokenIndex: 11 });
  });
});

describe("the locked disk of the manager that carries on", () => {
  const recovery = { slot: 0, instanceId: "i-0", requestedAt: "" };
  const open = () => stage.act({ kind: "open-disk", clusterId: "c1", generation: 1 });
  let secret: { current?: string; previous?: string };

  beforeEach(() => {
    stage.cluster({ phase: "recovering", generation: 1, recovery });
    stage.diskLock = KEY;
    stage.guard = () => {
      stage.diskLock = undefined;
    };
    secret = { current: KEY };
    const unlockKeys = { read: async (which: "current" | "previous") => secret[which], write: async () => {} };
    const settings = { ...stage.context.settings, unlockKeySecret: "arn:secret" };
    stage.context = { ...stage.context, settings, unlockKeys };
  });

  it.each([
    ["the key in the secret", { current: KEY }],
    ["the key before", { current: "SWMKEY-1-later", previous: KEY }],
  ])("is opened by the guard of a restart, with %s", async (_, keys) => {
    // GIVEN
    secret = keys;
    // WHEN / THEN
    expect(await open()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual(["restart dockerd"]);
  });

  it("has dockerd restarted, too, where only dockerd has not seen yet that it is open", async () => {
    // GIVEN
    stage.diskLock = undefined;
    // WHEN / THEN
    expect(await open()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual(["restart dockerd"]);
  });

  it.each([
    ["the secret is empty", {}],
    ["no key in it fits", { current: EARLIER, previous: "SWMKEY-1-other" }],
  ])("stays as it is when %s, dockerd goes on, and who has the key is told where it belongs", async (_, keys) => {
    // GIVEN
    secret = keys;
    // WHEN
    const outcome = await open();
    // THEN
    expect(outcome).toMatchObject({ result: "refused", detail: expect.stringMatching(/^arn:secret holds no key/) });
    expect(JSON.stringify(outcome)).not.toContain("SWMKEY");
    expect(stage.done).toEqual([]);
  });

  it("stays as it is when the recovery was called off", async () => {
    // GIVEN
    stage.cluster({ phase: "ready" });
    // WHEN / THEN
    expect(await open()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });

  it("is tried again when the guard could not open it", async () => {
    // GIVEN
    stage.guard = () => {};
    // WHEN / THEN
    expect(await open()).toMatchObject({ result: "failed", detail: expect.stringContaining("swarm-node-prepare") });
  });

  it("is not opened on what was seen too long ago", async () => {
    // GIVEN
    stage.meanwhile = () => {
      stage.now = 10_000;
    };
    // WHEN / THEN
    expect(await open()).toMatchObject({ result: "expired" });
    expect(stage.done).toEqual([]);
  });
});
