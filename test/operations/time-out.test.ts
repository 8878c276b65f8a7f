import { describe, expect, test } from "vitest";
import { explainTimeOut, type TimeOut } from "../../lib/operations/time-out";
import { cluster, manager, nodeRecord, slotRecord, worker } from "./fixtures";

const none = { nodes: [], slots: [], tombstones: [] };
const base: TimeOut = {
  cluster: "apps",
  elapsedSeconds: 300,
  expected: { managers: 1, pools: [{ name: "general", desired: 2 }] },
  observed: { cluster: cluster([manager(0), worker("general", 1)]), slots: [] },
  records: none,
  place: { kind: "lab" },
};

describe("explainTimeOut", () => {
  test("names the lab's command for the log of a slot", () => {
    const observed = { cluster: cluster([]), slots: [slotRecord(0)] };
    expect(explainTimeOut({ ...base, observed })).toContain(
      "log: npx cdktf-swarm lab exec manager-0 -- journalctl -u swarm-node",
    );
  });

  test("points to the Auto Scaling group of a slot or pool nothing was heard of", () => {
    const text = explainTimeOut({ ...base, observed: { slots: [] }, place: { kind: "aws", region: "eu-west-1" } });
    expect(text).toContain("--region eu-west-1 --auto-scaling-group-name apps-manager-0");
    expect(text).toContain("nothing heard of 2 of 2 instances");
    expect(text).toContain("--auto-scaling-group-name apps-worker-general");
  });

  test("leaves out workers that are Ready and those that were removed", () => {
    // GIVEN
    const records = {
      ...none,
      nodes: [nodeRecord("general", 1), nodeRecord("general", 2), nodeRecord("general", 3, { error: "no disk space" })],
      tombstones: [{ nodeId: "node-general2", state: "removed" as const }],
    };
    // WHEN
    const text = explainTimeOut({ ...base, records });
    // THEN
    expect(text).not.toContain("i-general1");
    expect(text).not.toContain("i-general2");
    expect(text).toContain("no disk space");
    expect(text).toContain("log: npx cdktf-swarm lab exec i-general3 -- journalctl -u swarm-node");
  });

  test("does not take a worker for Ready because the leader counts those of another pool", () => {
    // GIVEN
    const counted = [{ pool: "other", state: "ready", availability: "active", count: 5 }] as const;
    const record = cluster([], { summary: { members: [], counted, faults: [], updatedAt: "" } });
    const records = { ...none, nodes: [nodeRecord("general", 1)] };
    // WHEN
    const text = explainTimeOut({ ...base, observed: { cluster: record, slots: [] }, records });
    // THEN
    expect(text).toContain("i-general1 (10.20.9.1)");
  });

  test("leaves out the instance that held the slot before", () => {
    // GIVEN
    const ofSlot = { role: "manager", slot: 0, pool: undefined } as const;
    const records = {
      ...none,
      nodes: [
        nodeRecord("x", 1, { ...ofSlot, instanceId: "i-old", state: "leaving" }),
        nodeRecord("x", 2, { ...ofSlot, instanceId: "i-m0", state: "joining", step: "asking to join" }),
      ],
    };
    // WHEN
    const text = explainTimeOut({ ...base, observed: { cluster: cluster([]), slots: [slotRecord(0)] }, records });
    // THEN
    expect(text).not.toContain("i-old");
    expect(text).toContain("joining (asking to join)");
  });

  test("passes on what the leader reports", () => {
    const record = cluster([manager(0)]);
    const summary = { members: [manager(0)], updatedAt: "", faults: ["i-7 is in no slot's group"] };
    const observed = { cluster: { ...record, summary }, slots: [] };
    expect(explainTimeOut({ ...base, observed })).toContain("- the leader reports: i-7 is in no slot's group");
  });
});
