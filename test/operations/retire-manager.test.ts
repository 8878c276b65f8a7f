import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { OperationError } from "../../lib/errors";
import type { RegistryReader } from "../../lib/operations/registry-reader";
import { type RetireOptions, type RetireOutcome, retireManager } from "../../lib/operations/retire-manager";
import { assessRetirement } from "../../lib/operations/retirement-progress";
import type { Change, ChangeResult } from "../../lib/registry/change";
import type { ClusterRecord, MemberSummary, SlotRecord } from "../../lib/registry/records";
import { APPS, cluster, manager, slotRecord, WRITTEN_AT } from "./fixtures";

/** What the registry holds at one moment: the members of the swarm and the slot in question. */
interface Moment {
  readonly members: readonly MemberSummary[];
  readonly slot?: Partial<SlotRecord>;
}

const five = [0, 1, 2, 3, 4].map((slot) => manager(slot));
const four = five.slice(0, 4);
const draining = [...four, manager(4, { availability: "drain" })];
const demoted = [...four, manager(4, { role: "worker", availability: "drain", reachability: undefined })];

/** A registry at the first moment until something is written, then a look at each of the rest; and what was written. */
function world(slot: number, moments: readonly Moment[], refusals = 0) {
  const changes: Change[] = [];
  let at = 0;
  const moment = (): Moment => moments[Math.min(at, moments.length - 1)] ?? { members: [] };
  const record = (each: number): SlotRecord =>
    slotRecord(each, { state: "ready", ...(each === slot ? moment().slot : {}) });
  const reader: RegistryReader = {
    getCluster: async () => cluster(moment().members, { clusterId: "c" }),
    getSlot: async (each) => {
      const found = record(each);
      if (at > 0) at += 1;
      return found;
    },
    scanNodes: async () => ({ nodes: [], slots: [0, 1, 2, 3, 4].map(record), tombstones: [] }),
  };
  const change = async (made: Change): Promise<ChangeResult> => {
    changes.push(made);
    if (changes.length <= refusals) return { made: false, refusedBy: ["slot#4"] };
    at = 1;
    return { made: true };
  };
  return { reader, writer: { change }, changes };
}

function options(change: Partial<RetireOptions> = {}): RetireOptions {
  return {
    ...APPS,
    slot: 4,
    wish: "remove",
    wait: true,
    timeoutSeconds: 60,
    ...change,
  };
}

/** What comes of it, after so much time. */
async function outcomeOf<T>(work: Promise<T>, seconds = 120): Promise<T | OperationError> {
  const ended = work.catch((error: OperationError) => error);
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  return ended;
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(WRITTEN_AT) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("retireManager", () => {
  test("waits until the slot's node is out of the swarm, telling how far it is, and what comes next", async () => {
    // GIVEN
    const asked = { retire: "remove" } as const;
    const moments = [
      { members: five },
      { members: draining, slot: asked },
      { members: demoted, slot: asked },
      { members: four, slot: asked },
    ];
    const { reader, writer, changes } = world(4, moments);
    const seen: (string | undefined)[] = [];
    const onUpdate: RetireOptions["onUpdate"] = (report) => void seen.push(report.lines[1]?.text);
    // WHEN
    const outcome = (await outcomeOf(retireManager(reader, writer, options({ onUpdate })))) as RetireOutcome;
    // THEN
    expect(changes).toHaveLength(1);
    expect(seen).toEqual([
      "i-m4 is drained, its tasks move",
      "i-m4 is demoted, waiting to be removed",
      "i-m4 is out of the swarm",
    ]);
    expect(outcome).toMatchObject({ done: true, askedBefore: false, managers: 4, elapsedSeconds: 1 });
    expect(outcome.next).toEqual(["4 managers bear no more losses than 3: `npx cdktf-swarm managers retire dev 3`"]);
  });

  test("ends a replacement only when the successor is Ready", async () => {
    // GIVEN
    const asked = { retire: "replace" } as const;
    const successor = { instanceId: "i-new", address: "10.20.4.11" };
    const moments = [
      { members: five },
      { members: four, slot: asked },
      { members: four, slot: { ...successor, state: "joining" as const } },
      { members: [...four, manager(4, successor)], slot: successor },
    ];
    const { reader, writer } = world(4, moments);
    const seen: (string | undefined)[] = [];
    const onUpdate: RetireOptions["onUpdate"] = (report) => void seen.push(report.lines[1]?.text);
    // WHEN
    const wish = { wish: "replace", onUpdate } as const;
    const outcome = await outcomeOf(retireManager(reader, writer, options(wish)));
    // THEN
    expect(seen).toEqual([
      "i-m4 is out of the swarm, waiting for Auto Scaling to replace it",
      "i-new joining (waiting for the worker token)",
      "Ready, reachable, 10.20.4.11",
    ]);
    expect(outcome).toMatchObject({ done: true, instanceId: "i-m4", holder: "i-new", managers: 5, next: [] });
  });

  test("returns at once without --wait, having asked", async () => {
    const { reader, writer, changes } = world(4, [{ members: five }]);
    const outcome = await outcomeOf(retireManager(reader, writer, options({ wait: false })), 0);
    expect(outcome).toMatchObject({ done: false, next: ["`npx cdktf-swarm status dev` shows how far it is"] });
    expect(changes).toHaveLength(1);
  });

  test("writes nothing where it was asked before, and waits all the same", async () => {
    const { reader, writer, changes } = world(4, [{ members: draining, slot: { retire: "remove" } }]);
    const outcome = await outcomeOf(retireManager(reader, writer, options()));
    expect(changes).toEqual([]);
    expect(outcome).toMatchObject({ code: "NotDone" });
  });

  test("is refused with every reason, before anything is written", async () => {
    const unreachable = five.map((each) => ({ ...each, reachability: "unreachable" as const }));
    const { reader, writer, changes } = world(1, [{ members: unreachable }]);
    const outcome = (await outcomeOf(retireManager(reader, writer, options({ slot: 1 })))) as OperationError;
    expect(outcome.code).toBe("Refused");
    expect(outcome.message).toMatch(/^manager-1 cannot be retired:\n- slot 1 is not the highest.*\n- quorum would not/);
    expect(changes).toEqual([]);
  });

  test("decides anew when the records changed under it, and gives up after three times", async () => {
    const once = world(4, [{ members: five }], 1);
    await outcomeOf(retireManager(once.reader, once.writer, options({ wait: false })), 0);
    expect(once.changes).toHaveLength(2);
    const always = world(4, [{ members: five }], 99);
    const outcome = await outcomeOf(retireManager(always.reader, always.writer, options({ wait: false })), 0);
    expect(outcome).toMatchObject({ code: "Refused" });
    expect(always.changes).toHaveLength(3);
  });

  test("says at the time-out how far it is, what the leader reports, and that the request stays", async () => {
    const { reader, writer } = world(4, [{ members: five }, { members: draining, slot: { retire: "remove" } }]);
    const getCluster = async (): Promise<ClusterRecord> => {
      const record = cluster(draining, { clusterId: "c" });
      return { ...record, summary: { members: draining, updatedAt: "", faults: ["node-m4 is not demoted"] } };
    };
    const outcome = await outcomeOf(retireManager({ ...reader, getCluster }, writer, options()));
    expect((outcome as OperationError).message.split("\n")).toEqual([
      "manager-4 is not retired after 60 s; the request stays:",
      "- slot 4: i-m4 is drained, its tasks move",
      "- the leader reports: node-m4 is not demoted",
      "- see `npx cdktf-swarm status dev`",
    ]);
  });

  test("ends when somebody else took the request back", async () => {
    const { reader, writer } = world(4, [{ members: five }, { members: five, slot: {} }]);
    expect(await outcomeOf(retireManager(reader, writer, options()))).toMatchObject({ code: "TakenBack" });
  });

  test("waits for the node to be Ready again after a request was taken back", async () => {
    // GIVEN
    const asked = { retire: "remove", state: "retired" } as const;
    const { reader, writer, changes } = world(4, [
      { members: four, slot: asked },
      { members: four, slot: { state: "joining" } },
      { members: five },
    ]);
    // WHEN
    const outcome = await outcomeOf(retireManager(reader, writer, options({ wish: "cancel" })));
    // THEN
    expect(changes[0]?.updates[0].remove).toEqual(["retire", "retireReason"]);
    expect(outcome).toMatchObject({ done: true, managers: 5, next: [] });
  });

  test("goes on while the registry does not answer", async () => {
    // GIVEN
    const { reader, writer } = world(4, [{ members: five }, { members: four, slot: { retire: "remove" } }]);
    const answers = [new Error("away"), undefined];
    const getSlot = async (slot: number) => {
      const error = answers.shift();
      if (error !== undefined) throw error;
      return reader.getSlot(slot);
    };
    expect(await outcomeOf(retireManager({ ...reader, getSlot }, writer, options()))).toMatchObject({ done: true });
  });

  test("says so when AWS lets the caller read but not write", async () => {
    const { reader } = world(4, [{ members: five }]);
    const denied = Object.assign(new Error("dynamodb:UpdateItem"), { name: "AccessDeniedException" });
    const change = () => Promise.reject(denied);
    expect(await outcomeOf(retireManager(reader, { change }, options({ wait: false })), 0)).toMatchObject({
      code: "NotAllowed",
      message: expect.stringContaining(
        "AWS refuses to change cluster apps: dynamodb:UpdateItem; use credentials that may write",
      ),
    });
  });
});

describe("how far a retirement is", () => {
  const subject = { slot: 4, wish: "remove", instanceId: "i-m4" } as const;
  const record = slotRecord(4, { retire: "remove" });
  const now = Date.parse(WRITTEN_AT);
  const swarmLine = (members: ClusterRecord) => assessRetirement(subject, { cluster: members, record }, now).lines[0];
  const lastLed = (seconds: number) =>
    cluster(four, { lead: { instanceId: "i-m0", at: new Date(now - seconds * 1_000).toISOString() } });

  test("needs a leader, however many managers are reachable", () => {
    const leaderless = four.map((each) => ({ ...each, leader: false }));
    expect(swarmLine(cluster(leaderless))).toEqual({
      subject: "swarm",
      ready: false,
      text: "4 of 4 managers reachable, 3 needed; no manager leads: the request waits for a leader",
    });
  });

  test("waits for a leader once the last one has said nothing for longer than leaders do", () => {
    const { text, ready } = swarmLine(lastLed(91)) ?? {};
    expect(ready).toBe(false);
    expect(text).toMatch(/^4 of 4 managers reachable, 3 needed; no manager has led since \d{4}-\d\d-\d\dT[\d:.]+Z: /);
  });

  test("goes on while the leader's last word is no older than leaders let it become", () => {
    expect(swarmLine(lastLed(90))).toMatchObject({ ready: true, text: "4 of 4 managers reachable, 3 needed" });
  });

  test("needs no more than the leader of a swarm that has one manager", () => {
    expect(swarmLine(cluster([manager(0)]))).toMatchObject({ ready: true });
  });

  test("is not known of a swarm that no leader has described yet", () => {
    expect(swarmLine(cluster([], { summary: undefined }))).toMatchObject({
      ready: false,
      text: "0 of 0 managers reachable, 1 needed; no manager leads: the request waits for a leader",
    });
  });
});
