import { describe, expect, test } from "vitest";
import { formatLabStatus, formatStatus } from "../../lib/cli/tables";
import { mergeStatus } from "../../lib/operations";
import { APPS, cluster, manager, nodeRecord, slotRecord, WRITTEN_AT, worker } from "../operations/fixtures";

const none = { nodes: [], slots: [], tombstones: [] };

describe("formatStatus", () => {
  test("shows every node in a row, with columns that line up", () => {
    // GIVEN
    const members = [
      manager(0),
      manager(1, { reachability: "unreachable" }),
      worker("general", 1, { availability: "drain" }),
    ];
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      names: new Map([["i-general1", "general-1"]]),
      record: cluster(members),
      records: { ...none, nodes: [nodeRecord("general", 1, { step: "worker of the swarm" })], slots: [slotRecord(2)] },
    });
    // THEN
    expect(`\n${formatStatus(status)}\n`).toMatchInlineSnapshot(`
      "
      environment dev, cluster apps: ready
      leader: manager-0 (i-m0)
      quorum: 2 managers, 1 reachable, 2 needed, LOST
      workers: general 1 Ready

      faults:
      - quorum is lost: 1 of 2 managers reachable, 2 needed; a swarm without quorum cannot repair itself: start stopped managers again, else recover it
          if it stays so: npx cdktf-swarm recover dev
      - manager-1 is not reachable by the other managers
      - manager-2 is not in the swarm: joining (waiting for the worker token)

      NODE       INSTANCE    ADDRESS     AZ          STATE         ROLE                  AGENT  DOING
      manager-0  i-m0        10.20.0.10  us-east-1a  ready         leader                ?
      manager-1  i-m1        10.20.1.10  us-east-1b  ready         manager, unreachable  ?
      manager-2  i-m2        10.20.2.10  ?           joining       manager, not joined   ?      waiting for the worker token
      general-1  i-general1  10.20.9.1   us-east-1a  ready, drain  worker                0.1.0
      "
    `);
  });

  test("says what is wrong before what goes on, and the nodes last", () => {
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      record: cluster([manager(0)]),
      records: {
        ...none,
        slots: [
          slotRecord(0, { state: "ready", step: "leader of the swarm", retire: "replace", retireReason: "asked for" }),
        ],
      },
    });
    expect(formatStatus(status)).toMatch(
      /\n\nfaults: none\n\nunder way:\n- manager-0 is being replaced \(asked for\)\n\nNODE/,
    );
  });

  test("has no column for what nobody does", () => {
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      record: cluster([manager(0)]),
      records: none,
    });
    expect(formatStatus(status)).not.toContain("DOING");
  });

  test("says so when there is no node", () => {
    const status = mergeStatus({ now: Date.parse(WRITTEN_AT), target: APPS, records: none });
    expect(formatStatus(status)).toContain("no node has reported yet");
  });
});

describe("formatLabStatus", () => {
  test("shows the hosts and where to look", () => {
    const status = {
      state: "up",
      environment: "dev",
      faults: ["host general-1 exited"],
      endpoint: "http://127.0.0.1:4566",
      engine: { socket: "/run/docker.sock", own: false },
      hosts: [
        {
          name: "manager-0",
          instanceId: "i-1",
          state: "running",
          address: "10.20.0.10",
          availabilityZone: "us-east-1a",
          container: "cdktf-swarm-lab-i-1",
          containerState: "running",
        },
      ],
      injectedFaults: [
        { id: "f", kind: "kill", instanceId: "i-1", host: "manager-0", since: "2026-01-01T00:00:00.000Z" },
      ],
      logDirectory: ".lab/logs",
    } as const;
    expect(`\n${formatLabStatus(status)}\n`).toMatchInlineSnapshot(`
      "
      lab: up, environment dev
      AWS API: http://127.0.0.1:4566
      engine: /run/docker.sock (yours)
      logs: .lab/logs

      HOST       INSTANCE  ADDRESS     AZ          STATE    CONTAINER
      manager-0  i-1       10.20.0.10  us-east-1a  running  running

      broken on purpose:
      - kill: manager-0 (i-1) is dead, since 2026-01-01T00:00:00.000Z

      faults:
      - host general-1 exited
      "
    `);
  });

  test("is one line when there is no lab", () => {
    expect(
      formatLabStatus({ state: "down", faults: [], hosts: [], injectedFaults: [], logDirectory: ".lab/logs" }),
    ).toBe("lab: down");
  });
});
