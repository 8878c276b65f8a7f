import { describe, expect, test } from "vitest";
import { type ClusterStatus, mergeStatus, type StatusSources } from "../../lib/operations/status";
import type { MemberSummary } from "../../lib/registry/records";
import { APPS, cluster, manager, managerRecord, nodeRecord, slotRecord, texts, WRITTEN_AT, worker } from "./fixtures";

const three = [manager(0), manager(1), manager(2)];
const managers = [managerRecord(0), managerRecord(1), managerRecord(2)];

/** When a record was written, in seconds after the others. */
const at = (seconds: number): { updatedAt: string } => ({
  updatedAt: new Date(Date.parse(WRITTEN_AT) + seconds * 1_000).toISOString(),
});

interface World extends Partial<Omit<StatusSources, "records">> {
  readonly members?: readonly MemberSummary[];
  /** The leader's own list. */
  readonly told?: readonly string[];
  readonly records?: Partial<StatusSources["records"]>;
  /** Seconds after the records were written. */
  readonly after?: number;
}

function statusOf({ members = three, told = [], records, after = 0, ...sources }: World = {}): ClusterStatus {
  const slots = [0, 1, 2].map((slot) => slotRecord(slot, { state: "ready", step: "", ...at(after) }));
  return mergeStatus({
    target: APPS,
    record: cluster(members, { clusterId: "c", summary: { members, faults: told, updatedAt: WRITTEN_AT } }),
    records: { nodes: managers, slots, tombstones: [], ...records },
    now: Date.parse(WRITTEN_AT) + after * 1_000,
    ...sources,
  });
}

describe("who leads", () => {
  test("is who says so lately, and when that was", () => {
    expect(statusOf().leader).toEqual({ state: "led", name: "manager-0", instanceId: "i-m0", heardAt: WRITTEN_AT });
  });

  test("is the agent that says so, not the one an old view names", () => {
    // GIVEN a view in which manager-0 leads, which has fallen silent, while manager-1 says that it does
    const nodes = [
      managerRecord(0),
      managerRecord(1, { step: "leader of the swarm", ...at(300) }),
      managerRecord(2, at(300)),
    ];
    const status = statusOf({ records: { nodes }, after: 300 });
    expect(status.leader).toMatchObject({ state: "led", name: "manager-1" });
    expect(status.nodes.filter(({ leader }) => leader).map(({ name }) => name)).toEqual(["manager-1"]);
  });

  test("is the instance that says so, though the one before it in the slot goes by the same name", () => {
    // GIVEN
    const before = manager(1, {
      nodeId: "node-before",
      instanceId: "i-before",
      state: "down",
      reachability: "unreachable",
    });
    const members = [manager(0, { leader: false }), before, manager(1, { leader: true }), manager(2)];
    const nodes = [managerRecord(0, { step: "" }), managerRecord(1, { step: "leader of the swarm" }), managerRecord(2)];
    // WHEN
    const status = statusOf({ members, records: { nodes } });
    // THEN
    expect(status.nodes.filter(({ leader }) => leader).map(({ instanceId }) => instanceId)).toEqual(["i-m1"]);
  });

  test("is not who still says so and is leaving", () => {
    const leaving = managerRecord(0, { state: "leaving", step: "leader of the swarm" });
    const nodes = [leaving, managerRecord(1), managerRecord(2)];
    expect(statusOf({ records: { nodes } }).leader.state).toBe("nobody");
  });

  test("is told with its beginning where a record has it", () => {
    const lead = { instanceId: "i-m0", at: WRITTEN_AT, since: "2026-11-20T00:00:00.000Z" };
    const record = { ...cluster(three), lead };
    expect(statusOf({ record }).leader).toMatchObject({ name: "manager-0", since: "2026-11-20T00:00:00.000Z" });
  });

  test("is nobody when managers report and none of them leads; that is the first fault", () => {
    // GIVEN Docker's leader, whose agent does not take it for one, and a view of before
    const mute = "manager without an answer from the swarm";
    const nodes = [
      managerRecord(0, { step: mute, state: "joined", ...at(300) }),
      managerRecord(1, at(300)),
      managerRecord(2, at(300)),
    ];
    // WHEN
    const status = statusOf({ records: { nodes }, after: 300 });
    // THEN
    expect(status.leader.state).toBe("nobody");
    expect(status.nodes.some(({ leader }) => leader)).toBe(false);
    expect(status.faults[0]).toMatchObject({
      text: expect.stringMatching(/^nobody leads the swarm, though managers report: .*the last leader was manager-0/),
      command: expect.stringContaining("systemctl restart docker"),
    });
  });

  test("what all managers say of it is told once, beside it", () => {
    const error = "Docker has a leader, and no agent acts as one";
    const nodes = [
      managerRecord(0, { ...at(300), step: "" }),
      managerRecord(1, { ...at(300), error }),
      managerRecord(2, { ...at(300), error }),
    ];
    const { faults } = statusOf({ records: { nodes }, after: 300 });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.details).toEqual([error]);
  });

  test("is told to come by itself, with the log to read if not, where the last leader is lost", () => {
    // GIVEN a leader that is gone, and two managers that report, one with an error
    const nodes = [
      managerRecord(0),
      managerRecord(1, at(300)),
      managerRecord(2, { ...at(300), error: "no room left on the disk" }),
    ];
    const instances = new Map([["i-m0", "terminated"] as const]);
    const record = { ...cluster(three), lead: { instanceId: "i-m0", at: WRITTEN_AT } };
    // WHEN
    const { faults } = statusOf({ record, records: { nodes }, after: 300, instances });
    // THEN
    expect(faults[0]).toMatchObject({
      text: expect.stringMatching(
        /^nobody leads the swarm.*the last leader was manager-0.* leads within two minutes by itself/,
      ),
      command: expect.stringContaining("--target i-m2, then journalctl -u swarm-node"),
    });
  });

  test("is not missed in a swarm that forms, nor where no manager reports", () => {
    expect(statusOf({ record: cluster([], { phase: "forming" }) }).leader.state).toBe("unknown");
    expect(statusOf({ after: 3_600 }).leader.state).toBe("unknown");
  });

  test("is not missed because workers report, where no manager does", () => {
    const nodes = [...managers, nodeRecord("general", 1, at(3_600))];
    expect(statusOf({ records: { nodes }, after: 3_600 }).leader.state).toBe("unknown");
  });
});

describe("one cause is one fault", () => {
  const away = [manager(0), manager(1, { state: "down", reachability: "unreachable" }), manager(2)];
  const nodes = [managerRecord(0, at(300)), managerRecord(1), managerRecord(2, at(300))];

  test("a lost manager, with what the leader says of it, and the command that mends it", () => {
    const told = [
      "node node-m1 (ip-10-20-1-10) is down, and no record names its instance",
      "slot 1 is not promoted: its predecessor is still there",
    ];
    const { faults } = statusOf({ members: away, told, records: { nodes }, after: 300 });
    expect(faults).toEqual([
      {
        subject: "manager-1",
        text: "manager-1 is down; it has not reported for 5 min",
        details: told,
        command: "npx cdktf-swarm managers replace dev 1",
      },
    ]);
  });

  test("a slot whose instance came back as another node, and whose old one is still there", () => {
    // GIVEN a manager that lost its Raft state and joined again, as a worker
    const again: MemberSummary = {
      ...worker("general", 1, { nodeId: "node-again", instanceId: "i-m1", address: "10.20.1.10" }),
      pool: undefined,
      slot: 1,
    };
    const status = statusOf({
      members: [...away, again],
      records: { nodes: [managerRecord(0, at(300)), managerRecord(2, at(300))] },
      after: 300,
    });
    // THEN both go by the name of the slot
    expect(status.nodes.filter(({ slot }) => slot === 1).map(({ name }) => name)).toEqual(["manager-1", "manager-1"]);
    expect(status.faults).toMatchObject([
      { subject: "manager-1", text: "manager-1 is down", command: "npx cdktf-swarm managers replace dev 1" },
    ]);
  });

  test("an agent's error stands with the state of its node", () => {
    const records = { nodes: [...managers, nodeRecord("general", 1, { error: "cannot mount" })] };
    const members = [...three, worker("general", 1, { state: "down" })];
    expect(texts(statusOf({ members, records }))).toEqual(["general 10.20.9.1 is down: cannot mount"]);
  });

  test("what the leader says of nobody in particular is told as it is", () => {
    expect(statusOf({ told: ["the swarm's heartbeat is 5, not 10"] }).faults).toEqual([
      { text: "the swarm's heartbeat is 5, not 10" },
    ]);
  });

  test("no command is told that would be refused, or that the leader needs none for", () => {
    const dead = { instances: new Map([["i-m1", "terminated"] as const]) };
    const gone = statusOf({ members: away, records: { nodes }, after: 300, ...dead });
    expect(gone.faults).toMatchObject([
      { text: "manager-1 is lost: its instance i-m1 is terminated", command: undefined },
    ]);
    // Another request is under way.
    const slots = [
      slotRecord(0, { state: "ready" }),
      slotRecord(1),
      slotRecord(2, { state: "ready", retire: "replace" }),
    ];
    const busy = statusOf({ members: away, records: { nodes, slots }, after: 300 });
    expect(busy.faults[0]).toMatchObject({ subject: "manager-1", command: undefined });
  });

  test("a slot is not taken for another whose number begins with its own", () => {
    const told = ["slot 12 is not promoted"];
    expect(statusOf({ members: away, told, records: { nodes }, after: 300 }).faults).toHaveLength(2);
  });
});

describe("workers", () => {
  const members = [...three, worker("general", 1)];
  const general = [...managers, nodeRecord("general", 1)];
  const wanted = { slots: [0, 1, 2], pools: new Map([["general", 2]]) };

  test("that are missing are told, with how many there should be", () => {
    const status = statusOf({ members, records: { nodes: general }, wanted });
    expect(status.pools).toEqual([{ name: "general", desired: 2, ready: 1, there: 1 }]);
    expect(status.faults).toMatchObject([
      {
        subject: "pool general",
        text: "pool general: 1 of 2 workers is missing: nothing was heard of its instance",
        command: expect.stringContaining("describe-scaling-activities"),
      },
    ]);
  });

  test("that are missing are told as several where they are", () => {
    const more = { ...wanted, pools: new Map([["general", 3]]) };
    expect(texts(statusOf({ members, records: { nodes: general }, wanted: more }))).toEqual([
      "pool general: 2 of 3 workers are missing: nothing was heard of their instances",
    ]);
  });

  test("that are on their way, or at fault, are not missing as well", () => {
    const joining = nodeRecord("general", 2, { state: "joining", nodeId: undefined });
    expect(statusOf({ members, records: { nodes: [...general, joining] }, wanted }).faults).toEqual([]);
    const down = [...members, worker("general", 2, { state: "down" })];
    expect(texts(statusOf({ members: down, records: { nodes: general }, wanted }))).toEqual([
      "general 10.20.9.2 is down",
    ]);
  });

  test("of a large swarm count whether they are listed or only counted", () => {
    const record = cluster(members, {
      summary: {
        members,
        counted: [{ pool: "general", state: "ready", availability: "active", count: 1 }],
        faults: [],
        updatedAt: WRITTEN_AT,
      },
    });
    const nodes = [...general, nodeRecord("general", 2)];
    const status = statusOf({ record, records: { nodes }, wanted });
    expect(status.pools).toEqual([{ name: "general", desired: 2, ready: 2, there: 2 }]);
    expect(status.faults).toEqual([]);
  });

  test("a slot of which nothing was ever heard is missing, too", () => {
    const slots = { ...wanted, slots: [0, 1, 2, 3, 4], pools: new Map() };
    expect(texts(statusOf({ wanted: slots }))).toEqual([
      "manager-3 is missing: nothing was heard of its instance",
      "manager-4 is missing: nothing was heard of its instance",
    ]);
  });

  test("a live one that was removed by force is a fault, also where its grave is known", () => {
    const nodes = [...managers.map((node) => ({ ...node, ...at(60) })), nodeRecord("general", 1, at(60))];
    const removed = "general 10.20.9.1 runs, and the swarm has no such node any more: it was removed by force";
    expect(texts(statusOf({ records: { nodes }, after: 60 }))).toEqual([removed]);
    const tombstones = [{ nodeId: "node-general1", state: "removed" as const, ...at(30) }];
    expect(texts(statusOf({ records: { nodes, tombstones }, after: 60 }))).toEqual([removed]);
  });

  test("one that fell silent is not said to run", () => {
    const nodes = [...managers.map((node) => ({ ...node, ...at(60) })), nodeRecord("general", 1, at(60))];
    const status = statusOf({ records: { nodes }, after: 60 + 181 });
    expect(status.nodes.filter(({ removed }) => removed)).toEqual([]);
  });

  test.each([
    ["that is being started again", { phase: "recovering" }],
    ["whose members nobody has listed yet", { summary: undefined }],
  ] as const)("of a swarm %s are not taken for removed by force", (_, change) => {
    const nodes = [...managers, nodeRecord("general", 1, at(60))];
    const status = statusOf({ record: cluster(three, change), records: { nodes }, after: 60 });
    expect(status.nodes.filter(({ removed }) => removed)).toEqual([]);
  });

  test("one that was removed as it ended, or has joined a moment ago, is none", () => {
    const tombstones = [{ nodeId: "node-general1", state: "removed" as const, ...at(60) }];
    expect(statusOf({ records: { nodes: general, tombstones } }).faults).toEqual([]);
    expect(statusOf({ records: { nodes: [...managers, nodeRecord("general", 1, at(5))] }, after: 5 }).faults).toEqual(
      [],
    );
  });

  test("nodes that never came are told as what they are, and once", () => {
    const nameless = (nodeId: string): MemberSummary => ({
      nodeId,
      role: "worker",
      address: "",
      state: "unknown",
      availability: "active",
    });
    const status = statusOf({ members: [...three, nameless("k1"), nameless("k2")] });
    expect(status.nodes.slice(3).map(({ name }) => name)).toEqual(["node k1", "node k2"]);
    expect(texts(status)).toEqual(["2 nodes were admitted and never came (k1, k2): the leader removes them in time"]);
  });

  test("go by the lab's names there, with the lab's commands", () => {
    const names = new Map([["i-general1", "general-0"]]);
    const down = [...three, worker("general", 1, { state: "down" })];
    const { faults } = statusOf({ members: down, records: { nodes: general }, names, place: { kind: "lab" } });
    expect(faults).toEqual([
      { subject: "general-0", text: "general-0 is down", command: "npx cdktf-swarm lab fault replace i-general1" },
    ]);
  });
});
