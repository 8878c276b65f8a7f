import { beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../../lib/registry/records";
import { Stage } from "./stage";

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
    expect(stage.done).toEqual(["force new cluster at 10.0.0.1"]);
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
