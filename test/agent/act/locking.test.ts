import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { MEMBERSHIP, Stage } from "./stage";

const KEY = "SWMKEY-1-now";
const EARLIER = "SWMKEY-1-earlier";

let stage: Stage;
let secret: { current?: string; previous?: string };

beforeEach(() => {
  stage = new Stage();
  secret = {};
  const unlockKeys = {
    read: async (which: "current" | "previous") => secret[which],
    write: async (key: string) => {
      stage.done.push("write");
      secret = { current: key, previous: secret.current };
    },
  };
  stage.context = { ...stage.context, unlockKeys };
});

describe("unlocking", () => {
  const unlock = () => stage.act({ kind: "unlock" });

  it("is done with the key in the secret", async () => {
    // GIVEN
    Object.assign(stage, { lock: KEY });
    secret = { current: KEY, previous: EARLIER };
    // WHEN / THEN
    expect(await unlock()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual([`unlock ${KEY}`]);
  });

  it("is done with the key before, for a manager that was down when it was rotated", async () => {
    // GIVEN
    Object.assign(stage, { lock: EARLIER });
    secret = { current: KEY, previous: EARLIER };
    // WHEN / THEN
    expect(await unlock()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual([`unlock ${EARLIER}`]);
  });

  it.each([
    ["the secret is empty", {}],
    ["no key in it fits", { current: "SWMKEY-1-a", previous: "SWMKEY-1-b" }],
  ])("is refused when %s, without a word of the key", async (_, keys) => {
    // GIVEN
    Object.assign(stage, { lock: KEY });
    secret = keys;
    // WHEN
    const outcome = await unlock();
    // THEN
    expect(outcome).toMatchObject({ result: "refused" });
    expect(JSON.stringify(outcome)).not.toContain("SWMKEY");
  });

  it("is not tried with another key when dockerd has another trouble than the key", async () => {
    // GIVEN
    secret = { current: KEY, previous: EARLIER };
    const tried: string[] = [];
    const fail = async (key: string) => {
      tried.push(key);
      throw new Error("dockerd did not answer /swarm/unlock within 60 s");
    };
    stage.context = { ...stage.context, docker: { ...stage.context.docker, unlock: fail } };
    // WHEN / THEN
    expect(await unlock()).toMatchObject({ result: "failed", detail: expect.stringContaining("within 60 s") });
    expect(tried).toEqual([KEY]);
  });
});

describe("the key in the secret", () => {
  const keep = () => stage.act({ kind: "keep-unlock-key", version: 10, ...MEMBERSHIP });

  it("is that of the swarm", async () => {
    // GIVEN
    stage.cluster({});
    Object.assign(stage, { unlockKey: KEY });
    secret = { current: EARLIER };
    // WHEN / THEN
    expect(await keep()).toMatchObject({ result: "done" });
    expect(secret).toEqual({ current: KEY, previous: EARLIER });
  });

  it.each([
    ["it is the swarm's already", { unlockKey: KEY }],
    ["an operator unlocked the swarm", { unlockKey: undefined }],
  ])("is left when %s", async (_, swarm) => {
    // GIVEN
    stage.cluster({});
    Object.assign(stage, swarm);
    secret = { current: KEY };
    // WHEN / THEN
    expect(await keep()).toMatchObject({ result: "done" });
    expect(stage.done).toEqual([]);
  });

  it("is not overwritten by the leader of a swarm that was abandoned", async () => {
    // GIVEN
    stage.cluster({ clusterId: "c2" });
    Object.assign(stage, { unlockKey: KEY });
    // WHEN / THEN
    expect(await keep()).toMatchObject({ result: "refused" });
    expect(stage.done).toEqual([]);
  });
});

describe("a swarm whose key cannot be stored", () => {
  it("is not published, and nobody joins what one restart would lose", async () => {
    // GIVEN
    stage.cluster({ phase: "initializing", owner: "i-0", epoch: 1, clusterId: undefined });
    Object.assign(stage, { unlockKey: KEY });
    const write = () => Promise.reject(new Error("AccessDeniedException"));
    stage.context = { ...stage.context, unlockKeys: { read: async () => undefined, write } };
    // WHEN
    const outcome = await stage.act({ kind: "publish", epoch: 1, clusterId: "c1", nodeId: "n0" });
    // THEN
    expect(outcome).toMatchObject({ result: "failed", detail: "AccessDeniedException" });
    expect(stage.registry.items.has(recordKey.workerToken)).toBe(false);
  });
});
