import { describe, expect, it } from "vitest";
import type { DockerView } from "../../../../lib/agent/model";
import { workerSettings } from "../../../support/simulation/settings";
import { decided, kinds, leading, manager, memory, NOW, observation, publishedRecord, said, seen } from "../given";

const MEMBER = { nonce: "nonce-1", instanceId: "i-0", clusterId: "c1", generation: 0, nodeId: "w1" };
const stuck = (state: DockerView["status"]["state"]) =>
  seen<DockerView>({ status: { state, controlAvailable: false } });
const longStuck = memory({ stuckSince: NOW - 3_600_000 });
const grave = (overrides = {}) =>
  seen({
    schema: 1,
    minWriter: 1,
    writeId: "w",
    nodeId: "w1",
    clusterId: "c1",
    state: "removed" as const,
    updatedAt: "",
    ...overrides,
  });
const given = (overrides: Parameters<typeof observation>[0]) =>
  observation({ cluster: seen(publishedRecord()), docker: stuck("error"), markers: { member: MEMBER }, ...overrides });

describe("a member", () => {
  it.each(["pending", "error", "locked"] as const)("does not leave because dockerd is %s, however long", (state) => {
    expect(kinds(given({ docker: stuck(state) }), longStuck, workerSettings())).toEqual([]);
  });

  it("leaves once its tombstone says that it was removed", () => {
    expect(decided(given({ tombstone: grave() }), longStuck, workerSettings())).toMatchObject([
      { kind: "leave", ground: "removed", nodeId: "w1", clusterId: "c1" },
    ]);
  });

  it.each([
    ["is only being removed", grave({ state: "removing" })],
    ["is of another node", grave({ nodeId: "w2" })],
    ["is of another cluster", grave({ clusterId: "c0" })],
    ["is not there", seen(undefined)],
  ])("does not leave while its tombstone %s", (_, tombstone) => {
    expect(kinds(given({ tombstone }), longStuck, workerSettings())).toEqual([]);
  });

  it("leaves an abandoned cluster", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ clusterId: "c2", abandoned: ["c1"] }));
    // WHEN / THEN
    expect(decided(given({ cluster }), memory(), workerSettings())).toMatchObject([
      { kind: "leave", ground: "abandoned" },
    ]);
  });

  it("does not leave because another cluster is recorded", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ clusterId: "c2" }));
    // WHEN / THEN
    expect(kinds(given({ cluster, docker: stuck("active") }), longStuck, workerSettings())).toEqual([]);
  });

  it("does not leave twice at once", () => {
    // GIVEN
    const busy = { kind: "leave", since: NOW } as const;
    // WHEN / THEN
    expect(kinds(given({ tombstone: grave(), busy }), longStuck, workerSettings())).toEqual([]);
  });
});

describe("a node that asked to join", () => {
  const fresh = { member: { ...MEMBER, nodeId: undefined } };

  it.each([
    [59_999, false, fresh, []],
    [60_000, false, fresh, ["leave"]],
    [3_600_000, true, fresh, []],
    [3_600_000, false, { member: MEMBER }, []],
  ])("is stuck for %i ms, certificate %s, markers %j: %j", (age, hasCertificate, markers, expected) => {
    // GIVEN
    const seenStuck = given({ docker: stuck("pending"), hasCertificate, markers });
    // WHEN / THEN
    expect(kinds(seenStuck, memory({ stuckSince: NOW - age }), workerSettings())).toEqual(expected);
  });
});

describe("a founder", () => {
  const founder = { nonce: "nonce-1", instanceId: "i-0", epoch: 1 };
  const alone = seen(
    leading([manager(0)], { status: { state: "active", nodeId: "n0", controlAvailable: true, clusterId: "c9" } }),
  );

  it.each(["forming", "ready"] as const)("leaves its unpublished swarm when another cluster is %s", (phase) => {
    // GIVEN
    const cluster = seen(publishedRecord({ phase }));
    // WHEN / THEN
    expect(decided(observation({ cluster, docker: alone, markers: { founder } }))).toMatchObject([
      { kind: "leave", ground: "unpublished", clusterId: "c9" },
    ]);
  });

  it.each([
    ["without a marker", {}],
    ["with a marker of another instance", { founder: { ...founder, instanceId: "i-7" } }],
    ["it was a member of", { founder, member: { ...MEMBER, clusterId: "c9" } }],
  ])("does not leave a swarm %s", (_, markers) => {
    expect(kinds(observation({ cluster: seen(publishedRecord()), docker: alone, markers }))).toEqual([]);
  });

  it("does not leave its unpublished swarm while nothing is published", () => {
    // GIVEN
    const cluster = seen(publishedRecord({ phase: "initializing", owner: "i-9", clusterId: undefined }));
    // WHEN / THEN
    expect(kinds(observation({ cluster, docker: alone, markers: { founder } }))).toEqual([]);
  });
});

describe("a terminating worker", () => {
  const docker = seen({ status: { state: "active", nodeId: "w1", controlAvailable: false } } as const);
  const summary = (availability: "active" | "drain") =>
    ({ members: [{ nodeId: "w1", availability }], faults: [], updatedAt: "" }) as never;
  const seenBy = (availability: "active" | "drain", runningContainers: number) =>
    given({
      docker,
      terminating: true,
      runningContainers,
      cluster: seen(publishedRecord({ summary: summary(availability) })),
    });

  it.each([
    ["active", 0, 1_000, []],
    ["drain", 1, 1_000, []],
    ["drain", 0, 1_000, ["leave"]],
    ["active", 3, 240_000, ["leave"]],
  ] as const)("that is %s with %i containers after %i ms does: %j", (availability, containers, age, expected) => {
    // GIVEN
    const remembered = memory({ terminatingSince: NOW - age, terminate: { done: true, missed: 0, notBefore: 0 } });
    // WHEN / THEN
    expect(kinds(seenBy(availability, containers), remembered, workerSettings())).toEqual(expected);
  });

  it("asks the leader to drain it", () => {
    expect(said(seenBy("active", 3), memory(), workerSettings()).state).toBe("ready");
  });
});
