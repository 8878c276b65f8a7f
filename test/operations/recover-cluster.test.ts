import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { OperationError } from "../../lib/errors";
import { Deadline } from "../../lib/operations/deadline";
import type { InstanceState } from "../../lib/operations/instances";
import { assessRecovery, proveRecovery, surveyRecovery, waitForRecovery } from "../../lib/operations/recover-cluster";
import type { RegistryReader } from "../../lib/operations/registry-reader";
import type { Change } from "../../lib/registry/change";
import type { ClusterRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, slotRecord, WRITTEN_AT } from "./fixtures";

const names = APPS;
const soon = (timeoutSeconds = 60) => new Deadline({ timeoutSeconds });
const three = [manager(0), manager(1), manager(2)];
const lost = cluster(three, { clusterId: "c" });
const ready = cluster([manager(1)], { clusterId: "c", generation: 1 });
const alone = { "i-m0": "stopped", "i-m1": "running", "i-m2": "terminated" } as const;

/** A registry whose cluster record goes through the given moments once written to, and stays at the last; and EC2. */
function world(
  states: Readonly<Record<string, InstanceState>> = alone,
  moments: readonly (ClusterRecord | Error)[] = [],
) {
  const changes: Change[] = [];
  let look = 0;
  const slot = (each: number) => slotRecord(each, { nodeId: `node-m${each}`, state: each === 1 ? "joined" : "ready" });
  const reader: RegistryReader = {
    getCluster: async () => {
      const answer = changes.length === 0 ? lost : (moments[Math.min(look++, moments.length - 1)] ?? lost);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    getSlot: async (each) => slot(each),
    scanNodes: async () => ({ nodes: [], slots: [0, 1, 2].map(slot), tombstones: [] }),
  };
  const writer = {
    change: async (change: Change) => {
      changes.push(change);
      return { made: true } as const;
    },
  };
  return { reader, writer, instances: { states: async () => new Map(Object.entries(states)) }, changes };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(WRITTEN_AT) + 10_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("surveyRecovery", () => {
  test("names the survivor, and of the others those that have to be stopped", async () => {
    const { reader, instances } = world({ "i-m0": "running", "i-m1": "running", "i-m2": "stopped" });
    const survey = await surveyRecovery({ reader, instances }, names, soon());
    expect(survey.survivor?.name).toBe("manager-0");
    expect(survey.toStop).toEqual(["i-m1"]);
    expect(survey.managers.map(({ name, instanceState }) => `${name} ${instanceState}`)).toEqual([
      "manager-0 running",
      "manager-1 running",
      "manager-2 stopped",
    ]);
  });

  test("fails without EC2's word, which nothing else can replace", async () => {
    const { reader } = world();
    const denied = Object.assign(new Error("ec2:DescribeInstances"), { name: "UnauthorizedOperation" });
    await expect(
      surveyRecovery({ reader, instances: { states: () => Promise.reject(denied) } }, names, soon()),
    ).rejects.toMatchObject({
      code: "NotAllowed",
      message: expect.stringContaining("nothing is proven (cluster apps): ec2:DescribeInstances; use credentials that"),
    });
    const away = { states: () => Promise.reject(new Error("timeout")) };
    await expect(surveyRecovery({ reader, instances: away }, names, soon())).rejects.toMatchObject({
      code: "InstancesUnknown",
    });
  });
});

describe("proveRecovery", () => {
  test("writes nothing before it is told to begin", async () => {
    // GIVEN
    const { reader, writer, instances, changes } = world();
    // WHEN
    const proven = await proveRecovery({ reader, writer, instances }, names, 1, soon());
    // THEN
    expect(changes).toEqual([]);
    expect(proven).toMatchObject({ generation: 1, askedBefore: false, survivor: { name: "manager-1" } });
    expect(proven.others.map(({ name }) => name)).toEqual(["manager-0", "manager-2"]);
    await proven.begin();
    expect(changes[0]?.updates[0].set).toMatchObject({ phase: "recovering", generation: 1 });
  });

  test("is refused with all that is missing", async () => {
    const { reader, writer, instances } = world({ "i-m0": "running", "i-m1": "running", "i-m2": "stopping" });
    await expect(proveRecovery({ reader, writer, instances }, names, 1, soon())).rejects.toMatchObject({
      code: "Refused",
      message: [
        "apps is not started again from manager-1:",
        "- manager-0's instance i-m0 is running: stop it",
        "- manager-2's instance i-m2 is stopping: wait until it is stopped",
      ].join("\n"),
    });
  });

  test("begins nothing when the record was written in the meantime", async () => {
    const { reader, instances } = world();
    const change = async () => ({ made: false, refusedBy: ["cluster"] }) as const;
    const proven = await proveRecovery({ reader, writer: { change }, instances }, names, 1, soon());
    await expect(proven.begin()).rejects.toMatchObject({ message: expect.stringContaining("its record was written") });
  });
});

describe("waitForRecovery", () => {
  const recovering = cluster(three, { clusterId: "c", phase: "recovering", generation: 1 });

  async function begun(moments: readonly (ClusterRecord | Error)[]) {
    const given = world(alone, moments);
    const proven = await proveRecovery(given, names, 1, soon());
    await proven.begin();
    return { ...given, proven };
  }

  test("ends when the survivor published the swarm, and tells stopped from dead instances", async () => {
    // GIVEN
    const { reader, proven } = await begun([recovering, new Error("away"), ready]);
    const seen: (string | undefined)[] = [];
    const onUpdate = (report: { readonly lines: readonly { readonly text: string }[] }): void =>
      void seen.push(report.lines[0]?.text);
    // WHEN
    const wait = waitForRecovery(reader, proven, { cluster: "apps", onUpdate }, soon());
    await vi.advanceTimersByTimeAsync(10_000);
    // THEN
    expect(await wait).toMatchObject({ elapsedSeconds: 1, toReplace: [0], replacedByLeader: [2] });
    expect(seen).toEqual(["recovering, generation 1", "the registry does not answer: away", "ready, generation 1"]);
  });

  test("does not take the record of before the recovery for its end", async () => {
    const { reader, proven } = await begun([lost]);
    const wait = waitForRecovery(reader, proven, { cluster: "apps" }, soon(4)).catch((error) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    const error = (await wait) as OperationError;
    expect(error.code).toBe("NotDone");
    expect(error.message).toMatch(
      /^apps is not started again after 4 s; the request stays:\n- swarm: ready, generation 0/,
    );
  });
});

test("how far a recovery is, nobody knows from a registry that has lost its records", () => {
  expect(assessRecovery(1, 1, {})).toMatchObject({
    ready: false,
    reasons: ["swarm: unknown, generation unknown", "slot 1: no record"],
  });
});
